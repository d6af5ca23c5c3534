import { percent } from "../base/format.js";
import { text } from "../text/text.js";

/** @import {Answer} from "../connection/types.js" */

/** "idle" before there are two things to tell apart. @param {Answer | null} answer @returns {"known" | "unknown" | "idle"} */
export function answerKind(answer) {
  if (!answer || !answer.scores.length) return "idle";
  return answer.label === null ? "unknown" : "known";
}

/**
 * The sentence in the page's language (in English word for word Python's), cut around the label, so that it can be
 * coloured.
 * @param {Answer} answer @param {number} taught how many classes have pictures
 * @returns {{before: string, label: string, after: string}} joined, they are the sentence
 */
export function sentenceParts(answer, taught) {
  const kind = answerKind(answer);
  if (kind === "idle") return { before: taught > 1 ? text.learning : taught ? text.showSecond : text.showFirst, label: "", after: "" };
  if (answer.label === null) {
    const before = text.unknownSentence(null);
    return { before, label: "", after: text.unknownSentence(closest(answer)).slice(before.length) };
  }
  const [before, label, after] = text.sees(answer.label, percent(answer.confidence));
  return { before, label, after };
}

/** @param {Answer} answer @param {number} taught */
export function sentenceOf(answer, taught) {
  return Object.values(sentenceParts(answer, taught)).join("");
}

/** @param {Answer} answer */
function closest({ scores }) {
  return scores.length ? scores.reduce((best, one) => (one[1] > best[1] ? one : best))[0] : null;
}
