import { useLayoutEffect, useRef } from "preact/hooks";
import { useApp } from "../ui/app-context.js";
import { QuestionIcon } from "../ui/icons.jsx";
import { fit } from "./fit.js";
import { answerKind, sentenceParts } from "./sentence.js";

/** @import {Answer} from "../connection/types.js" */

/** Keeps a number and its % on one line. @param {string} words */
const unbroken = (words) => words.replace(/ %/g, "\u00a0%");

/** The sentence of an answer, with the label in its colour; `otherwise` while there is no answer. @param {{answer: Answer | null, otherwise: string, testid: string}} props */
export function SentenceBox({ answer, otherwise, testid }) {
  const { teach } = useApp();
  const { before, label, after } = answer ? sentenceParts(answer, teach.taught) : { before: otherwise, label: "", after: "" };
  const kind = answerKind(answer);
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const shape = `${before}${label}${after}`.replace(/\d/g, "0"); // figures are all as wide
  useLayoutEffect(() => { if (box.current) fit(box.current); }, [shape, kind]);
  useLayoutEffect(() => {
    const { current } = box;
    if (!current) return;
    const observer = new ResizeObserver(() => fit(current));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return (
    <div class="sentence-box" data-kind={kind} ref={box}>
      {kind === "unknown" && <span class="unknown-mark"><QuestionIcon /></span>}
      <p class="sentence" data-testid={testid}>{before}{label && <span class="sentence-label">{label}</span>}{kind === "unknown" && after ? <span class="sentence-closest">{after}</span> : unbroken(after)}</p>
    </div>
  );
}
