import { useEffect, useRef, useState } from "preact/hooks";
import { text } from "../text/text.js";
import { useApp } from "../ui/app-context.js";
import { useVisible } from "../ui/use-visible.js";
import { Thumb } from "./thumb.jsx";
import { useThumbs } from "./use-thumbs.js";

/** @import {Fresh} from "./teach.js" */

const MAX_THUMBS = 60;

/** Of a picture in its row; the focus may be ahead of what is drawn. @param {EventTarget | null} thumb */
const placeOf = (thumb) => Number(thumb instanceof HTMLElement ? thumb.dataset.place : 0);

/**
 * Pictures of a class, newest first. One stop for the Tab key; arrows walk, Space chooses, Delete removes.
 * @param {{label: string, examples: string[], fresh: Fresh[]}} props
 */
export function ThumbStrip({ label, examples, fresh }) {
  const { selection, thumbs } = useApp();
  const strip = useRef(/** @type {HTMLUListElement | null} */ (null));
  const visible = useVisible(strip); // with hundreds of classes, most are not
  const url = useThumbs(visible ? examples : []);
  const [active, setActive] = useState(0);
  const known = new Set(examples);
  const all = [
    ...fresh.filter(({ example }) => example === null || !known.has(example)),
    ...examples.map((example) => ({ example, url: url(example) })),
  ].slice(0, MAX_THUMBS);
  const row = all.map(({ example }) => example);
  const current = Math.min(active, all.length - 1);
  // focus `current` once there are no more pictures than this: one that goes takes the focus with it
  const focusAt = useRef(-1);
  useEffect(() => {
    if (all.length > focusAt.current) return;
    focusAt.current = -1;
    strip.current?.querySelectorAll("button")[current]?.focus();
  });
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") {
      event.preventDefault();
      selection.addAll(row);
    }
    if (event.key === "Delete" || event.key === "Backspace") focusAt.current = all.length - 1;
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -all.length, End: all.length }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    focusAt.current = -1;
    const next = Math.max(0, Math.min(all.length - 1, placeOf(event.target) + step));
    strip.current?.querySelectorAll("button")[next]?.focus();
  };
  return (
    <ul class={`strip ${all.length ? "" : "strip-empty"}`} ref={strip} aria-label={text.picturesOf(label)} onKeyDown={keys}>
      {!all.length && <li>{text.noPictures}<span class="for-mouse">{text.noPicturesHelp}</span></li>}
      {visible && all.map(({ example, url }, place) => (
        <li key={example === null ? url : thumbs.key(example)}>
          <Thumb example={example} url={url} label={label} place={place} row={row} tabbable={place === current} onFocus={() => setActive(place)} />
        </li>
      ))}
    </ul>
  );
}
