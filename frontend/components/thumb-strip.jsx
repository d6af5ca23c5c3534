import { useEffect, useRef, useState } from "preact/hooks";
import { text } from "../text.js";
import { Thumb } from "./thumb.jsx";
import { useThumbs } from "./use-thumbs.js";
import { useVisible } from "./use-visible.js";

/** @import {Fresh} from "../teach.js" */

const MOST = 60;

/**
 * Pictures of a class, newest first. One stop for the Tab key; arrows walk, Space chooses, Delete removes.
 * @param {{label: string, examples: string[], fresh: Fresh[]}} props
 */
export function ThumbStrip({ label, examples, fresh }) {
  const strip = useRef(/** @type {HTMLUListElement | null} */ (null));
  const visible = useVisible(strip); // with hundreds of classes, most are not
  const url = useThumbs(visible ? examples : []);
  const [active, setActive] = useState(0);
  const known = new Set(examples);
  const all = [
    ...fresh.filter(({ example }) => example === null || !known.has(example)),
    ...examples.map((example) => ({ example, url: url(example) })),
  ].slice(0, MOST);
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
    if (event.key === "Delete" || event.key === "Backspace") focusAt.current = all.length - 1;
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -all.length, End: all.length }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    focusAt.current = all.length;
    setActive(Math.max(0, Math.min(all.length - 1, current + step)));
  };
  return (
    <ul class={`strip ${all.length ? "" : "strip-empty"}`} ref={strip} aria-label={text.picturesOf(label)} onKeyDown={keys}>
      {!all.length && <li>{text.noPictures}</li>}
      {visible && all.map(({ example, url }, place) => (
        <li key={url ?? example}>
          <Thumb example={example} url={url} label={label} place={place} row={row} tabbable={place === current} onFocus={() => setActive(place)} />
        </li>
      ))}
    </ul>
  );
}
