import { percent } from "../base/format.js";
import { text } from "../text/text.js";
import { translate } from "../text/translate.js";
import { useApp } from "../ui/app-context.js";
import { classColour } from "../ui/colours.js";

/** @import {Coded, Report} from "../connection/types.js" */

const MAX_MATRIX_CLASSES = 8; // a larger matrix does not fit; then the mistakes are listed
const MAX_MISTAKES = 10;

/** The figures of a test, and advice. @param {{report: Report, said: (Coded | null)[]}} props */
export function ReportView({ report, said }) {
  const { accuracy, tested, interval, once, advice, classes } = report;
  return (
    <div class="report" data-testid="report">
      <p class="accuracy"><b data-testid="accuracy">{text.right(percent(accuracy))}</b> <span>{text.rightHow(tested)}</span></p>
      <p class="hint">{text.interval(percent(interval.low), percent(interval.high))} {once.length > 0 && text.once(once)}</p>
      {classes.length <= MAX_MATRIX_CLASSES ? <Matrix report={report} /> : <Mistakes report={report} />}
      {advice.length > 0 && (
        <>
          <h3 class="eyebrow">{text.advice}</h3>
          <ul class="advice" data-testid="advice">{advice.map((sentence, place) => <li key={sentence}>{translate(said[place], sentence)}</li>)}</ul>
        </>
      )}
    </div>
  );
}

/** Rows are what was shown, columns what was answered; a click shows the pictures. @param {{report: Report}} props */
function Matrix({ report: { classes, confusion } }) {
  const { teach, view } = useApp();
  const labels = classes.map(({ label }) => label);
  const answers = confusion.some(({ answer }) => answer === null) ? [...labels, null] : labels;
  return (
    <div class="matrix-box" role="region" tabIndex={0} aria-label={text.matrix}>
      <table class="matrix" data-testid="matrix">
        <caption class="eyebrow">{text.matrix}</caption>
        <thead>
          <tr>
            <th scope="col" class="corner">{text.matrixCorner}</th>
            {answers.map((answer) => <th key={answer ?? ""} scope="col" title={answer ?? text.unknown} style={{ "--class": classColour(answer === null ? -1 : teach.colour(answer)) }}><span class="swatch" aria-hidden="true" /><span class="head-name">{answer ?? text.unknown}</span></th>)}
          </tr>
        </thead>
        <tbody>
          {labels.map((label) => {
            const cells = answers.map((answer) => confusion.find((cell) => cell.label === label && cell.answer === answer)?.examples ?? []);
            const all = cells.reduce((sum, { length }) => sum + length, 0);
            return (
              <tr key={label}>
                <th scope="row" title={label}>{label}</th>
                {cells.map((examples, column) => {
                  const answer = answers[column] ?? text.unknown;
                  const title = text.matrixCell(examples.length, label, answer);
                  const right = answers[column] === label;
                  return (
                    <td key={column}>
                      {examples.length > 0
                        ? <button type="button" class={`cell ${right ? "is-right" : "is-wrong"}`} data-testid="cell" style={{ "--share": `${Math.round(15 + (75 * examples.length) / all)}%` }} aria-label={title} title={title} onClick={() => view.update({ album: { title, label: null, examples } })}>{examples.length}</button>
                        : <span class="cell is-none" aria-hidden="true">·</span>}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** What a matrix would be too large for. @param {{report: Report}} props */
function Mistakes({ report: { confusion } }) {
  const { view } = useApp();
  const mistakes = confusion.filter(({ label, answer }) => label !== answer).sort((a, b) => b.examples.length - a.examples.length);
  if (!mistakes.length) return <p class="hint">{text.noMistakes}</p>;
  return (
    <ul class="mistakes">
      {mistakes.slice(0, MAX_MISTAKES).map(({ label, answer, examples }) => {
        const title = text.mistake(examples.length, label, answer ?? text.unknown);
        return <li key={title}><button type="button" class="menu-item" data-testid="cell" onClick={() => view.update({ album: { title, label: null, examples } })}>{title}</button></li>;
      })}
    </ul>
  );
}
