import { useStore } from "../base/store.js";
import { text } from "../text/text.js";
import { translate } from "../text/translate.js";
import { useApp } from "../ui/app-context.js";
import { PlusIcon, RedoIcon, UndoIcon } from "../ui/icons.jsx";
import { ClassCard } from "./class-card.jsx";

/** The classes, and undo. */
export function TeachPanel() {
  const { teach } = useApp();
  const { state, fresh, focus } = useStore(teach.store, (store) => store);
  const { classes } = teach;
  const undo = state?.undo && translate(state.undo_said, state.undo);
  const redo = state?.redo && translate(state.redo_said, state.redo);
  return (
    <section class="panel teach" aria-labelledby="showtell-teach">
      <div class="teach-head">
        <h2 class="eyebrow step step-2" id="showtell-teach">{text.teach}</h2>
        <div class="undo-redo">
          <button type="button" class="button quiet undo" data-testid="undo" disabled={!undo} title={undo ? text.undoWhat(undo) : text.nothingToUndo} onClick={() => teach.undo()}>
            <UndoIcon />{text.undo}{undo && <span class="undo-what">{undo}</span>}
          </button>
          {state?.redo !== undefined && (
            <button type="button" class="button quiet square" data-testid="redo" disabled={!redo} aria-label={redo ? text.redoWhat(redo) : text.redo} title={redo ? text.redoWhat(redo) : text.nothingToRedo} onClick={() => teach.redo()}><RedoIcon /></button>
          )}
        </div>
      </div>
      {state && <p class="hint">{hint(classes.map(({ count }) => count))}</p>}
      <div class="cards">
        {classes.map((one, place) => (
          <ClassCard key={one.key} shown={one} fresh={fresh.filter(({ label }) => label === one.label)} focus={focus === one.label} place={place} last={place === classes.length - 1} />
        ))}
      </div>
      {state && <button type="button" class="button add-class" data-testid="add-class" onClick={() => teach.addClass()}><PlusIcon />{text.addClass}</button>}
    </section>
  );
}

/** What to do next. @param {number[]} counts of pictures, by class */
function hint(counts) {
  const taught = counts.filter((count) => count > 0).length;
  if (taught === 0) return text.firstSteps;
  return taught === 1 ? text.secondStep : text.moreSteps;
}
