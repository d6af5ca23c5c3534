import { useEffect, useRef, useState } from "preact/hooks";
import { useApp } from "../app.js";
import { text } from "../text.js";
import { CrossIcon } from "./icons.jsx";
import { useThumbs } from "./use-thumbs.js";

/** @import {Fresh} from "../teach.js" */

const MOST = 60;

/**
 * Pictures of a class, newest first. One stop for the Tab key; arrows walk, Enter or Delete removes.
 * @param {{label: string, examples: string[], fresh: Fresh[]}} props
 */
export function ThumbStrip({ label, examples, fresh }) {
  const { teach } = useApp();
  const url = useThumbs(examples);
  const strip = useRef(/** @type {HTMLUListElement | null} */ (null));
  const [active, setActive] = useState(0);
  const known = new Set(examples);
  const all = [
    ...fresh.filter(({ example }) => example === null || !known.has(example)),
    ...examples.map((example) => ({ example, url: url(example) })),
  ].slice(0, MOST);
  const current = Math.min(active, all.length - 1);
  // focus `current` once there are no more pictures than this: one that goes takes the focus with it
  const focusAt = useRef(-1);
  useEffect(() => {
    if (all.length > focusAt.current) return;
    focusAt.current = -1;
    strip.current?.querySelectorAll("button")[current]?.focus();
  });
  if (!all.length) return <p class="strip strip-empty">{text.noPictures}</p>;
  const keys = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -all.length, End: all.length }[event.key];
    if (step === undefined && event.key !== "Delete" && event.key !== "Backspace") return;
    event.preventDefault();
    focusAt.current = step ? all.length : all.length - 1;
    if (step) setActive(Math.max(0, Math.min(all.length - 1, current + step)));
    else remove(all[current].example);
  };
  const remove = (/** @type {string | null} */ example) => { if (example) void teach.removeExample(example); };
  return (
    <ul class="strip" ref={strip} aria-label={text.picturesOf(label)} onKeyDown={keys}>
      {all.map(({ example, url }, index) => (
        <li key={url ?? example}>
          <button type="button" class="thumb" tabIndex={index === current ? 0 : -1} aria-label={text.removePicture(label)} onFocus={() => setActive(index)} onClick={() => remove(example)}>
            {url ? <img data-testid="thumb" src={url} alt="" draggable={false} /> : <span class="thumb-empty" />}
            <span class="thumb-remove"><CrossIcon /></span>
          </button>
        </li>
      ))}
    </ul>
  );
}
