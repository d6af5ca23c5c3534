import { useApp } from "../ui/app-context.js";
import { QuestionIcon } from "../ui/icons.jsx";
import { answerKind, sentenceParts } from "./sentence.js";

/** @import {Answer} from "../connection/types.js" */

/** Keeps a number and its % on one line. @param {string} words */
const unbroken = (words) => words.replace(/ %/g, "\u00a0%");

/** The sentence of an answer, with the label in its colour; `otherwise` while there is no answer. @param {{answer: Answer | null, otherwise: string, testid: string}} props */
export function SentenceBox({ answer, otherwise, testid }) {
  const { teach } = useApp();
  const { before, label, after } = answer ? sentenceParts(answer, teach.taught > 0) : { before: otherwise, label: "", after: "" };
  const kind = answerKind(answer);
  return (
    <div class="sentence-box" data-kind={kind}>
      {kind === "unknown" && <span class="unknown-mark"><QuestionIcon /></span>}
      <p class="sentence" data-testid={testid}>{before}{label && <span class="sentence-label">{label}</span>}{unbroken(after)}</p>
    </div>
  );
}
