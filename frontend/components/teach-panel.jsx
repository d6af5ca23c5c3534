import { useApp } from "../app.js";
import { useStore } from "../store.js";
import { text } from "../text.js";
import { ClassCard } from "./class-card.jsx";
import { PlusIcon, RedoIcon, UndoIcon } from "./icons.jsx";

export function TeachPanel() {
  const { teach } = useApp();
  const { state, fresh, focus } = useStore(teach.store, (store) => store);
  const { classes } = teach;
  return (
    <section class="panel teach" aria-labelledby="showtell-teach">
      <div class="teach-head">
        <h2 class="eyebrow" id="showtell-teach">{text.teach}</h2>
        <div class="travel">
          <button type="button" class="button quiet undo" data-testid="undo" disabled={!state?.undo} title={state?.undo ? text.undoWhat(state.undo) : text.nothingToUndo} onClick={() => teach.travel("undo")}>
            <UndoIcon />{text.undo}{state?.undo && <span class="undo-what">{state.undo}</span>}
          </button>
          {state?.redo !== undefined && (
            <button type="button" class="button quiet square" data-testid="redo" disabled={!state.redo} aria-label={state.redo ? text.redoWhat(state.redo) : text.redo} title={state.redo ? text.redoWhat(state.redo) : text.nothingToRedo} onClick={() => teach.travel("redo")}><RedoIcon /></button>
          )}
        </div>
      </div>
      {state && <p class="hint">{hint(classes.map(({ count }) => count))}</p>}
      <div class="cards">
        {classes.map((one, place) => (
          <ClassCard key={one.key} one={one} fresh={fresh.filter(({ label }) => label === one.label)} focus={focus === one.label} place={place} last={place === classes.length - 1} />
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
