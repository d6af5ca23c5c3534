import { useState } from "preact/hooks";
import { useStore } from "../base/store.js";
import { text } from "../text/text.js";
import { useApp } from "../ui/app-context.js";
import { Dialog } from "../ui/dialog.jsx";

const NEW_CLASS = "\0"; // no label can be this

/** Asks for which class the files are that were dropped on none. */
export function PlaceDialog() {
  const { files, teach } = useApp();
  const count = useStore(files.store, ({ loose }) => loose.length);
  useStore(teach.store, ({ state }) => state);
  const { labels } = teach;
  const [chosen, setChosen] = useState(/** @type {string | null} */ (null));
  if (!count) return null;
  const label = chosen ?? labels[0] ?? NEW_CLASS;
  const add = async () => files.place(label === NEW_CLASS ? await teach.addClass() : label);
  return (
    <Dialog title={text.whereTo(count)} testid="where-to" onClose={() => void files.place(null)}>
      <form class="place" onSubmit={(event) => { event.preventDefault(); void add(); }}>
        <select autofocus data-testid="where-to-class" aria-label={text.className} value={label} onChange={(event) => setChosen(event.currentTarget.value)}>
          {labels.map((label) => <option key={label} value={label}>{label}</option>)}
          <option value={NEW_CLASS}>{text.newClass}</option>
        </select>
        <button type="submit" class="button primary" data-testid="where-to-add">{text.add}</button>
      </form>
    </Dialog>
  );
}
