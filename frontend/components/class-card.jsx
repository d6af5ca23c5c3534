import { useEffect, useRef, useState } from "preact/hooks";
import { useApp } from "../app.js";
import { classColour } from "../colours.js";
import { useStore } from "../store.js";
import { text } from "../text.js";
import { FileButton } from "./file-button.jsx";
import { CrossIcon } from "./icons.jsx";
import { RecordButton } from "./record-button.jsx";
import { ThumbStrip } from "./thumb-strip.jsx";
import { useDrop } from "./use-drop.js";

/** @import {Fresh, ShownClass} from "../teach.js" */

/** @param {{one: ShownClass, fresh: Fresh[], focus: boolean}} props */
export function ClassCard({ one, fresh, focus }) {
  const { teach, recorder, live } = useApp();
  const { label } = one;
  const name = useName(label);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const card = useRef(/** @type {HTMLElement | null} */ (null));
  const recording = useStore(recorder.state, (store) => store.label === label);
  const seen = useStore(live.state, ({ answer }) => answer?.label === label);
  const drop = useDrop(async (files) => teach.upload(await name.commit(), files));
  useEffect(() => {
    if (!focus) return;
    input.current?.focus({ preventScroll: true });
    input.current?.select();
    card.current?.scrollIntoView({ block: "nearest" });
  }, [focus]);
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") name.setTyped(label);
    if (event.key !== "Enter") return;
    event.preventDefault(); // or the same key press would also press the button
    void name.commit();
    /** @type {HTMLElement | null | undefined} */ (card.current?.querySelector(".record"))?.focus();
  };
  return (
    <article ref={card} class={`card ${drop.over ? "is-over" : ""} ${recording ? "is-recording" : ""} ${seen ? "is-seen" : ""}`} style={{ "--class": classColour(one.colour) }} data-testid="class-card" data-label={label} aria-label={label} {...drop.handlers}>
      <header class="card-head">
        <span class="swatch" aria-hidden="true" />
        <input ref={input} class="name" data-testid="class-name" aria-label={text.className} value={name.typed} spellcheck={false} autocomplete="off" enterkeyhint="done" onInput={(event) => name.setTyped(event.currentTarget.value)} onBlur={() => void name.commit()} onKeyDown={keys} />
        <p class="count"><span data-testid="count">{one.count}</span> {text.pictures(one.count)}{one.waiting > 4 && <span class="waiting"> · {text.waiting(one.waiting)}</span>}</p>
        <button type="button" class="button quiet square" data-testid="remove-class" aria-label={text.removeClass(label)} title={text.removeClass(label)} onClick={() => teach.remove(label)}><CrossIcon /></button>
      </header>
      <ThumbStrip label={label} examples={one.examples} fresh={fresh} />
      <div class="card-actions">
        <RecordButton recording={recording} onStart={() => teach.record(label, name.commit())} onStop={() => recorder.stop()} />
        <FileButton testid="files" title={text.addPictures} multiple onFiles={async (files) => teach.upload(await name.commit(), files)}>{text.addPictures}</FileButton>
      </div>
      {drop.over && <p class="drop-note" aria-hidden="true">{text.dropHere}</p>}
    </article>
  );
}

/**
 * The name being typed. Several things can end the typing (Enter, leaving the field, pressing Record), in any order:
 * the new name is taken over once.
 * @param {string} label
 */
function useName(label) {
  const { teach } = useApp();
  const [typed, setTyped] = useState(label);
  const taking = useRef(/** @type {{typed: string, result: Promise<string>} | null} */ (null));
  useEffect(() => {
    taking.current = null;
    setTyped(label);
  }, [label]);
  const commit = () => {
    if (taking.current?.typed === typed) return taking.current.result;
    const mine = { typed, result: teach.rename(label, typed) };
    taking.current = mine;
    void mine.result.then((name) => {
      if (name !== label || taking.current !== mine) return; // the card gets its new label with the next state
      taking.current = null;
      setTyped(label);
    });
    return mine.result;
  };
  return { typed, setTyped, commit };
}
