import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useStore } from "../base/store.js";
import { text } from "../text/text.js";
import { useApp } from "../ui/app-context.js";
import { Dialog } from "../ui/dialog.jsx";
import { Album } from "./album.js";
import { SelectionBar } from "./selection-bar.jsx";
import { Thumb } from "./thumb.jsx";
import { useThumbs } from "./use-thumbs.js";

const CELL_PX = 104;

/** Many pictures in a window: all of a class, or those behind a number. */
export function AlbumDialog() {
  const { view } = useApp();
  const album = useStore(view, (store) => store.album);
  if (!album) return null;
  return (
    <Dialog title={album.title} testid="album" wide onClose={() => view.update({ album: null })}>
      {album.label === null ? <Grid label={album.title} examples={album.examples} count={album.examples.length} /> : <WholeClass label={album.label} />}
      <SelectionBar />
    </Dialog>
  );
}

/** @param {{label: string}} props */
function WholeClass({ label }) {
  const { client, teach } = useApp();
  const state = useStore(teach.store, (store) => store.state);
  const [, redraw] = useState(/** @type {unknown} */ (null));
  const { count = 0, examples = [] } = state?.classes.find((one) => one.label === label) ?? {};
  const version = `${count} ${examples[0]}`; // with any change, what was known may have moved
  const album = useMemo(() => new Album(client, label, () => redraw({})), [label, version]);
  for (const [place, example] of examples.entries()) album.examples[place] = example;
  return <Grid label={label} examples={album.examples} count={count} want={(first, end) => album.want(first, end)} known={examples.length} />;
}

/**
 * Draws only the rows that are in sight.
 * @param {object} props
 * @param {string} props.label @param {(string | undefined)[]} props.examples @param {number} props.count
 * @param {number} [props.known] so many are there without asking
 * @param {(first: number, end: number) => void} [props.want] called with the places that are in sight
 */
function Grid({ label, examples, count, known = count, want }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [sight, setSight] = useState({ top: 0, height: 600, columns: 4 });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => setSight({ top: element.scrollTop, height: element.clientHeight, columns: Math.max(1, Math.floor(element.clientWidth / CELL_PX)) });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => { observer.disconnect(); element.removeEventListener("scroll", look); };
  }, []);
  const first = Math.max(0, Math.floor(sight.top / CELL_PX) - 2) * sight.columns;
  const end = Math.min(count, (Math.ceil((sight.top + sight.height) / CELL_PX) + 2) * sight.columns);
  useEffect(() => { if (end > known) want?.(first, end); });
  const places = Array.from({ length: Math.max(0, end - first) }, (_, index) => first + index);
  const url = useThumbs(places.flatMap((place) => examples[place] ?? []));
  return (
    <div class="album" ref={box} tabIndex={-1}>
      {count === 0 && <p class="hint">{text.noPictures}<span class="for-mouse">{text.noPicturesHelp}</span></p>}
      <ul class="album-rows" style={{ height: `${Math.ceil(count / sight.columns) * CELL_PX}px` }}>
        {places.map((place) => {
          const example = examples[place];
          const at = { left: `${(place % sight.columns) * CELL_PX}px`, top: `${Math.floor(place / sight.columns) * CELL_PX}px` };
          return <li key={example ?? place} style={at}><Thumb example={example} url={example && url(example)} label={label} place={place} row={examples} /></li>;
        })}
      </ul>
    </div>
  );
}
