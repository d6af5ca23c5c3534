import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useStore } from "../base/store.js";
import { text } from "../text/text.js";
import { useApp } from "../ui/app-context.js";
import { classColour } from "../ui/colours.js";
import { FileButton } from "../ui/file-button.jsx";
import { GripIcon, TimerIcon } from "../ui/icons.jsx";
import { useDrop } from "../ui/use-drop.js";
import { ClassMenu } from "./class-menu.jsx";
import { chosenFiles, droppedFiles } from "./dropped.js";
import { RecordButton } from "./record-button.jsx";
import { ThumbStrip } from "./thumb-strip.jsx";
import { EXAMPLES_TYPE } from "./thumb.jsx";

/** @import {Fresh, ShownClass} from "./teach.js" */

const CLASS_TYPE = "application/x-showtell-class";

/** One class: its name, its pictures, and the ways to add some. @param {{shown: ShownClass, fresh: Fresh[], focus: boolean, place: number, last: boolean}} props `place` among the cards, from 0 */
export function ClassCard({ shown, fresh, focus, place, last }) {
  const { teach, intake, recorder, live, files, selection, settings, view } = useApp();
  const { key, label } = shown;
  const off = shown.enabled === false;
  const name = useName(label);
  const id = useId();
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const card = useRef(/** @type {HTMLElement | null} */ (null));
  const recording = useStore(recorder.state, (store) => store.key === key);
  const counting = useStore(recorder.state, (store) => store.countdown > 0);
  const seen = useStore(live.state, ({ answer }) => answer?.label === label);
  const seconds = useStore(settings.store, (store) => store.seconds);
  const addFiles = async (/** @type {AsyncIterable<import("./dropped.js").FoundFile>} */ found) => files.add(found, await name.commit());
  const drop = useDrop((transfer) => {
    const examples = transfer.getData(EXAMPLES_TYPE);
    const other = transfer.getData(CLASS_TYPE);
    if (examples) void selection.move(label, JSON.parse(examples));
    else if (other) void teach.order(other, place);
    else void addFiles(droppedFiles(transfer));
  }, ["Files", EXAMPLES_TYPE, CLASS_TYPE]);
  useEffect(() => {
    if (!focus) return;
    input.current?.focus({ preventScroll: true });
    input.current?.select();
    card.current?.scrollIntoView({ block: "nearest" });
  }, [focus]);
  const typed = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") name.type(label);
    if (event.key !== "Enter") return;
    event.preventDefault(); // or the same key press would also press the button
    if (name.refused()) return; // it stays as it was typed, with what is wrong below
    void name.commit();
    /** @type {HTMLElement | null | undefined} */ (card.current?.querySelector(".record"))?.focus();
  };
  const timed = () => (recording ? recorder.stop() : void intake.recordFor(key, name.commit(), seconds));
  const menu = { label, place, last, off, open: () => view.update({ album: { title: label, label, examples: shown.examples } }) };
  return (
    <article ref={card} class={`card ${drop.over ? "is-over" : ""} ${recording ? "is-recording" : ""} ${seen ? "is-seen" : ""} ${off ? "is-off" : ""}`} style={{ "--class": classColour(shown.colour) }} data-testid="class-card" data-label={label} aria-label={label} {...drop.handlers}>
      <header class="card-head">
        <span class="grip" title={text.dragClass} draggable onDragStart={(event) => event.dataTransfer?.setData(CLASS_TYPE, label)} aria-hidden="true"><GripIcon /></span>
        <span class="swatch" aria-hidden="true" />
        <input ref={input} class="name" data-testid="class-name" aria-label={text.className} aria-invalid={name.problem !== null} aria-describedby={name.problem ? `${id}-problem` : undefined} title={label} value={name.typed} spellcheck={false} autocomplete="off" enterkeyhint="done" onInput={(event) => name.type(event.currentTarget.value)} onBlur={() => void name.commit()} onKeyDown={typed} />
        <p class="count"><span><span data-testid="count">{shown.count}</span> {text.pictures(shown.count)}</span>{shown.waiting > 4 && <> <span class="waiting">{text.waiting(shown.waiting)}</span></>}{off && <> <span data-testid="left-out">{text.disabled}</span></>}</p>
        <ClassMenu {...menu} />
      </header>
      {name.problem && <p class="name-problem" role="alert" id={`${id}-problem`} data-testid="name-problem">{name.problem}</p>}
      <ThumbStrip label={label} examples={shown.examples} fresh={fresh} />
      <div class="card-actions">
        <RecordButton recording={recording && !counting} onStart={() => intake.record(key, name.commit())} onStop={() => recorder.stop()} />
        <TimedButton pressed={recording && counting} title={text.recordFor(seconds)} onClick={timed} />
        <FileButton testid="files" title={text.addPictures} multiple onFiles={(chosen) => void addFiles(chosenFiles(chosen))}>{text.addPictures}</FileButton>
      </div>
      {drop.over && <p class="drop-note" aria-hidden="true">{text.dropHere}</p>}
    </article>
  );
}

/** @param {{pressed: boolean, title: string, onClick: () => void}} props */
function TimedButton({ pressed, title, onClick }) {
  const { camera } = useApp();
  const on = useStore(camera.state, (store) => store.status === "on");
  return <button type="button" class="button square timed" data-testid="record-timed" aria-pressed={pressed} aria-label={title} title={title} disabled={!on} onClick={onClick}><TimerIcon /></button>;
}

/**
 * The name being typed. Several things can end the typing (Enter, leaving the field, pressing Record), in any order:
 * the new name is taken over once.
 * @param {string} label
 */
function useName(label) {
  const { teach } = useApp();
  const [typed, setTyped] = useState(label);
  const [problem, setProblem] = useState(/** @type {string | null} */ (null));
  const taking = useRef(/** @type {{typed: string, result: Promise<string>} | null} */ (null));
  useEffect(() => {
    taking.current = null;
    setTyped(label);
  }, [label]);
  const type = (/** @type {string} */ name) => {
    setTyped(name);
    setProblem(null);
  };
  const refused = () => {
    const wrong = teach.nameProblem(label, typed);
    setProblem(wrong);
    return wrong !== null;
  };
  const commit = () => {
    if (taking.current?.typed === typed) return taking.current.result;
    const mine = { typed, result: teach.rename(label, typed, setProblem) };
    taking.current = mine;
    void mine.result.then((name) => {
      if (name !== label || taking.current !== mine) return; // the card gets its new label with the next state
      taking.current = null;
      setTyped(label);
    });
    return mine.result;
  };
  return { typed, problem, type, refused, commit };
}
