import { useState } from "preact/hooks";
import { useStore } from "../base/store.js";
import { text } from "../text/text.js";
import { useApp } from "../ui/app-context.js";
import { GearIcon } from "../ui/icons.jsx";
import { Choice, Popup, Switch } from "../ui/popup.jsx";

/** The settings of the answer, behind a button. */
export function AnswerOptions() {
  const { settings, voice } = useApp();
  const { steady, sound, speech } = useStore(settings.store, (store) => store);
  return (
    <Popup label={text.answerOptions} testid="answer-options" icon={<GearIcon />}>
      <Choice testid="steady" label={text.steady} value={steady} choices={text.steadiness} onChange={(steady) => settings.set({ steady })} />
      <UnknownBelow />
      <Switch testid="sound" checked={sound} onChange={(sound) => voice.want({ sound })}>{text.sound}</Switch>
      {window.speechSynthesis && <Switch testid="speech" checked={speech} onChange={(speech) => voice.want({ speech })}>{text.speech}</Switch>}
    </Popup>
  );
}

/** From which familiarity on an answer names a class; kept by Python, since it belongs to the dataset. */
function UnknownBelow() {
  const { teach } = useApp();
  const kept = useStore(teach.store, ({ state }) => state?.unknown_below);
  const [moved, setMoved] = useState(/** @type {number | null} */ (null));
  if (kept === undefined) return null; // this Python cannot be told
  const value = moved ?? kept;
  const set = async (/** @type {number} */ unknown_below) => {
    setMoved(unknown_below);
    await teach.ask({ type: "settings", unknown_below });
    setMoved(null);
  };
  const words = value === 0 ? text.unsureNever : text.unsureAt(Math.round(100 * value));
  return (
    <label class="choice is-tall">
      <span>{text.unsure}</span>
      <input type="range" data-testid="unknown-below" min="0" max="1" step="0.05" value={value} aria-valuetext={words} onInput={(event) => setMoved(event.currentTarget.valueAsNumber)} onChange={(event) => void set(event.currentTarget.valueAsNumber)} />
      <span class="hint">{words}</span>
    </label>
  );
}
