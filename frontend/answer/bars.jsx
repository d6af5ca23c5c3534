import { percentOf } from "../base/format.js";
import { text } from "../text/text.js";
import { useApp } from "../ui/app-context.js";
import { classColour } from "../ui/colours.js";
import { certainties } from "./certainty.js";

/** @import {Answer} from "../connection/types.js" */
/** @import {ShownClass} from "../teach/teach.js" */

const SLIM_FROM = 7; // from so many classes on, the bars are slimmer
const MAX_BARS = 12; // of more classes, only the likeliest have a bar

/** A bar for each class, which says of the class that is named what the sentence says; and how familiar the picture looks. @param {{answer: Answer | null, testid: string}} props */
export function Bars({ answer, testid }) {
  const { teach } = useApp();
  const { classes: scores, other } = answer ? certainties(answer) : { classes: new Map(), other: 0 };
  const unsure = answer !== null && answer.label === null;
  const classes = teach.classes.filter(({ enabled }) => enabled !== false);
  const shown = likeliest(classes, scores);
  if (!classes.length) return null;
  return (
    <div class={`bars ${unsure ? "is-unsure" : ""} ${classes.length >= SLIM_FROM ? "is-many" : ""}`}>
      {shown.map(({ key, label, colour }) => (
        <Bar key={key} testid={testid} label={label} score={scores.get(label)} colour={classColour(colour)} best={answer?.label === label} />
      ))}
      {shown.length < classes.length && <p class="hint">{text.others(classes.length - shown.length)}</p>}
      {scores.size > 0 && answer && (
        <div class="rest">
          <Rest testid="bar-else" name={text.somethingElse} help={text.somethingElseHelp} share={other} best={unsure && other > 0.5} />
          <Rest testid="familiar" name={text.familiar} help={text.familiarHelp} share={answer.familiarity} />
        </div>
      )}
    </div>
  );
}

/** @param {ShownClass[]} classes @param {Map<string, number>} scores */
function likeliest(classes, scores) {
  if (classes.length <= MAX_BARS) return classes;
  return [...classes].sort((a, b) => (scores.get(b.label) ?? 0) - (scores.get(a.label) ?? 0)).slice(0, MAX_BARS - 1);
}

/** @param {{testid: string, label: string, score: number | undefined, colour: string, best: boolean}} props */
function Bar({ testid, label, score, colour, best }) {
  const share = score ?? 0;
  return (
    <div class={`bar ${best ? "is-best" : ""}`} style={{ "--class": colour }} data-testid={testid} data-label={label} data-score={share} title={text.barTitle(label, percentOf(share))}>
      <span class="bar-name">{label}</span>
      <span class="bar-percent">{score === undefined ? "–" : percentOf(share)}</span>
      <span class="track"><span class="fill" style={{ transform: `scaleX(${share})` }} /></span>
    </div>
  );
}

/** What is no class. @param {{testid: string, name: string, help: string, share: number, best?: boolean}} props */
function Rest({ testid, name, help, share, best = false }) {
  return (
    <div class={`rest-row ${best ? "is-best" : ""}`} data-testid={testid} data-score={share} title={help}>
      <span>{name}</span>
      <span class="track"><span class="fill" style={{ transform: `scaleX(${share})` }} /></span>
      <span class="bar-percent">{percentOf(share)}</span>
    </div>
  );
}
