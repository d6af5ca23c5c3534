import { useEffect, useRef } from "preact/hooks";
import { useStore } from "../base/store.js";
import { text } from "../text/text.js";
import { useApp } from "../ui/app-context.js";

const TAP_MS = 1000;

/**
 * Records while it is held: with a mouse, a finger, or Space or Enter. A click that is no press (screen readers,
 * voice control) records for a second.
 * @param {{recording: boolean, onStart: () => void, onStop: () => void}} props
 */
export function RecordButton({ recording, onStart, onStop }) {
  const { camera } = useApp();
  const on = useStore(camera.state, (store) => store.status === "on");
  const held = useRef(false);
  const press = () => {
    if (held.current) return;
    held.current = true;
    if (on) onStart();
  };
  const release = () => {
    if (!held.current) return;
    held.current = false;
    onStop();
  };
  const key = (/** @type {KeyboardEvent} */ event) => event.key === " " || event.key === "Enter";
  useEffect(() => { if (on && held.current) onStart(); }, [on]); // pressed while the camera was starting
  useEffect(() => {
    const ended = new AbortController();
    window.addEventListener("blur", release, { signal: ended.signal });
    document.addEventListener("visibilitychange", release, { signal: ended.signal });
    return () => { ended.abort(); release(); };
  }, []);
  return (
    <button
      type="button"
      class={`button record ${recording ? "is-recording" : ""}`}
      data-testid="record"
      aria-disabled={!on} // not disabled: the focus finds it while the camera is still starting
      title={on ? undefined : text.recordNeedsCamera}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        press();
      }}
      onPointerUp={release}
      onPointerCancel={release}
      onLostPointerCapture={release}
      onBlur={release}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => { if (key(event)) { event.preventDefault(); if (!event.repeat) press(); } }}
      onKeyUp={(event) => { if (key(event)) { event.preventDefault(); release(); } }}
      onClick={(event) => { if (event.detail === 0 && !held.current) { press(); setTimeout(release, TAP_MS); } }}
    >
      <span class="record-dot" aria-hidden="true" />
      {recording ? text.recordingNow : text.record}
    </button>
  );
}
