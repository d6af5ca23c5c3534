import { sentenceParts } from "../format.js";
import { QuestionIcon } from "./icons.jsx";

/** @import {Answer} from "../types.js" */

/** "idle" before anything is taught. @param {Answer | null} answer @returns {"known" | "unknown" | "idle"} */
export function answerKind(answer) {
  if (!answer || !answer.scores.length) return "idle";
  return answer.label === null ? "unknown" : "known";
}

/** Python's sentence, word for word, with the label in its colour. @param {{answer: Answer | null, otherwise: string, testid: string}} props */
export function Sentence({ answer, otherwise, testid }) {
  const { before, label, after } = sentenceParts(answer?.sentence ?? otherwise, answer?.label ?? null);
  return (
    <div class="sentence-box" data-kind={answerKind(answer)}>
      {answerKind(answer) === "unknown" && <span class="unknown-mark"><QuestionIcon /></span>}
      <p class="sentence" data-testid={testid}>{before}{label && <span class="sentence-label">{label}</span>}{after}</p>
    </div>
  );
}
