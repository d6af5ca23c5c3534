import { useStore } from "../base/store.js";
import { text } from "../text/text.js";
import { useApp } from "../ui/app-context.js";
import { CheckIcon } from "../ui/icons.jsx";

export const EXAMPLES_TYPE = "application/x-showtell-examples";

/**
 * One picture that can be chosen, and dragged to another class.
 * @param {object} props
 * @param {string | null | undefined} props.example null: not saved yet
 * @param {string | undefined} props.url
 * @param {string} props.label @param {number} props.place in its row, from 0
 * @param {(string | null | undefined)[]} props.row the examples beside it, in order
 * @param {boolean} [props.tabbable]
 * @param {() => void} [props.onFocus]
 */
export function Thumb({ example, url, label, place, row, tabbable = true, onFocus }) {
  const { selection } = useApp();
  const chosen = useStore(selection.store, ({ examples }) => !!example && examples.has(example));
  return (
    <button
      type="button"
      class={`thumb ${chosen ? "is-chosen" : ""}`}
      data-testid="example"
      data-place={place}
      tabIndex={tabbable ? 0 : -1}
      aria-label={text.picture(label, place + 1)}
      aria-pressed={chosen}
      draggable={!!example}
      onFocus={onFocus}
      onClick={(event) => { if (example) selection.click(example, event.shiftKey, row); }}
      onDragStart={(event) => { if (example) event.dataTransfer?.setData(EXAMPLES_TYPE, JSON.stringify(selection.targets(example))); }}
      onKeyDown={(event) => {
        if (event.key === " " && event.shiftKey && example) {
          event.preventDefault(); // the click that would follow knows nothing of Shift
          selection.click(example, true, row);
        }
        if (event.key !== "Delete" && event.key !== "Backspace") return;
        event.preventDefault();
        if (example) void selection.remove(selection.targets(example));
      }}
    >
      {url ? <img data-testid="thumb" src={url} alt="" draggable={false} /> : <span class="thumb-empty" />}
      {chosen && <span class="thumb-chosen"><CheckIcon /></span>}
    </button>
  );
}
