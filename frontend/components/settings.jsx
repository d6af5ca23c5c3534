import { useApp } from "../app.js";
import { useStore } from "../store.js";
import { text } from "../text.js";

/** When the machine should say that it does not know. */
export function Settings() {
  const { teach } = useApp();
  const state = useStore(teach.store, (store) => store.state);
  if (state?.unknown === undefined) return null;
  const { unknown, unknown_strictness = 0.5 } = state;
  return (
    <details class="more">
      <summary>{text.settings}</summary>
      <label class="switch">
        <input type="checkbox" data-testid="unknown" checked={unknown} onChange={(event) => void teach.settings({ unknown: event.currentTarget.checked, unknown_strictness })} />
        <span>{text.unknownSwitch}</span>
      </label>
      <label class="slider">
        <span>{text.strictness}</span>
        <input type="range" min="0" max="1" step="0.05" data-testid="strictness" disabled={!unknown} value={unknown_strictness} onChange={(event) => void teach.settings({ unknown, unknown_strictness: Number(event.currentTarget.value) })} />
        <span class="slider-ends" aria-hidden="true"><span>{text.lenient}</span><span>{text.strict}</span></span>
      </label>
    </details>
  );
}
