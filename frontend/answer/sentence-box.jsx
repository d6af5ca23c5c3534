import { useApp } from "../ui/app-context.js";
import { QuestionIcon } from "../ui/icons.jsx";
import { answerKind, sentenceParts } from "./sentence.js";

/** @import {Answer} from "../connection/types.js" */

/** A number and its % stay on one line. @param {string} words */
const together = (words) => words.replace(/ %/g, "\u00a0%");

/** What is said, with the label in its colour. @param {{answer: Answer | null, otherwise: string, testid: string}} props */
export function SentenceBox({ answer, otherwise, testid }) {
  const { teach } = useApp();
  const { before, label, after } = answer ? sentenceParts(answer, teach.taught > 0) : { before: otherwise, label: "", after: "" };
  const kind = answerKind(answer);
  return (
    <div class="sentence-box" data-kind={kind}>
      {kind === "unknown" && <span class="unknown-mark"><QuestionIcon /></span>}
      <p class="sentence" data-testid={testid}>{before}{label && <span class="sentence-label">{label}</span>}{together(after)}</p>
    </div>
  );
}
