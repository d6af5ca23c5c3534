import { Thumb } from "../teach/thumb.jsx";
import { useThumbs } from "../teach/use-thumbs.js";
import { text } from "../text/text.js";
import { translate } from "../text/translate.js";
import { useApp } from "../ui/app-context.js";

/** @import {Finding} from "../connection/types.js" */

const MAX_FINDINGS = 12; // findings at once; the next come when these are dealt with
const MAX_PICTURES = 6;

/** What is odd about the pictures, with what can be done about it. @param {{findings: Finding[]}} props */
export function Findings({ findings }) {
  const shown = findings.slice(0, MAX_FINDINGS);
  return (
    <div class="care" data-testid="care">
      <h3 class="eyebrow">{text.care}</h3>
      {!findings.length && <p class="hint">{text.careNone}</p>}
      <ul>{shown.map((one) => <OneFinding key={one.finding} one={one} />)}</ul>
      {shown.length < findings.length && <p class="hint">{text.others(findings.length - shown.length)}</p>}
    </div>
  );
}

/** @param {{one: Finding}} props */
function OneFinding({ one: { finding, kind, reason, said, examples, labels, label, to } }) {
  const { checks, selection } = useApp();
  const shown = examples.slice(0, MAX_PICTURES);
  const url = useThumbs(shown);
  const both = kind === "duplicate" && to !== null;
  const superfluous = kind === "mislabelled" || kind === "unbalanced" || both ? [] : kind === "duplicate" ? examples.slice(1) : examples;
  const of = (/** @type {string} */ label) => examples.filter((_, place) => labels[place] === label);
  return (
    <li class="finding" data-testid="finding" data-kind={kind}>
      <h4>{text.kinds[kind] ?? kind}</h4>
      <p class="hint">{translate(said, reason)}</p>
      <div class="finding-pictures">
        {shown.map((example, place) => <Thumb key={example} example={example} url={url(example)} label={label} place={place} row={examples} />)}
        {shown.length < examples.length && <span class="hint">{text.others(examples.length - shown.length)}</span>}
      </div>
      <div class="finding-actions">
        {superfluous.length > 0 && <button type="button" class="button" data-testid="care-remove" onClick={() => void selection.remove(superfluous)}>{text.careRemove(superfluous.length)}</button>}
        {both && [...new Set(labels)].map((label) => <button key={label} type="button" class="button" data-testid="care-remove-from" data-label={label} onClick={() => void selection.remove(of(label))}>{text.careRemoveFrom(label)}</button>)}
        {kind === "mislabelled" && to !== null && <button type="button" class="button" data-testid="care-move" onClick={() => void selection.move(to, examples)}>{text.careMove(to)}</button>}
        <button type="button" class="button quiet" data-testid="care-fine" onClick={() => void checks.dismiss(finding)}>{text.careFine}</button>
      </div>
    </li>
  );
}
