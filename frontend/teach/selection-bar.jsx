import { useStore } from "../base/store.js";
import { text } from "../text/text.js";
import { useApp } from "../ui/app-context.js";
import { CrossIcon, TrashIcon } from "../ui/icons.jsx";

/** What can be done with the chosen pictures. */
export function SelectionBar() {
  const { selection, teach } = useApp();
  const count = useStore(selection.store, ({ examples }) => examples.size);
  useStore(teach.store, ({ state }) => state);
  if (!count) return null;
  return (
    <section class="selection-bar" aria-label={text.selection} data-testid="selection">
      <p role="status">{text.selected(count)}</p>
      <select data-testid="move-to" aria-label={text.moveTo} value="" onChange={(event) => { if (event.currentTarget.value) void selection.move(event.currentTarget.value); }}>
        <option value="">{text.moveTo}</option>
        {teach.labels.map((label) => <option key={label} value={label}>{label}</option>)}
      </select>
      <button type="button" class="button" data-testid="remove-selected" onClick={() => void selection.remove()}><TrashIcon />{text.remove}</button>
      <button type="button" class="button quiet square" data-testid="clear-selection" aria-label={text.clearSelection} title={text.clearSelection} onClick={() => selection.clear()}><CrossIcon /></button>
    </section>
  );
}
