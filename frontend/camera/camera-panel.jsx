import { useEffect, useRef } from "preact/hooks";
import { useStore } from "../base/store.js";
import { AddPhoneButton } from "../phones/add-phone-button.jsx";
import { text } from "../text/text.js";
import { useApp } from "../ui/app-context.js";
import { classColour } from "../ui/colours.js";
import { CameraIcon, NoCameraIcon } from "../ui/icons.jsx";
import { CameraControls } from "./camera-controls.jsx";
import { centreSquare } from "./geometry.js";
import { HeatOverlay } from "./heat-overlay.jsx";

/** The camera, or why there is none. */
export function CameraPanel() {
  const { camera, phones, recorder, teach } = useApp();
  const state = useStore(camera.state, (store) => store);
  const recording = useStore(recorder.state, (store) => store);
  const showing = state.status === "on" || state.status === "starting";
  const recorded = useStore(teach.store, () => recording.key === null ? null : teach.labelOf(recording.key));
  return (
    <section class="panel show" aria-labelledby="showtell-show">
      <h2 class="eyebrow step step-1" id="showtell-show">{text.show}</h2>
      {phones && <AddPhoneButton phones={phones} />}
      <div class={`stage ${recorded === null ? "" : "is-recording"}`} style={{ "--aspect": String(state.aspect), "--class": recorded === null ? undefined : classColour(teach.colour(recorded)) }} data-status={state.status}>
        {showing && <Preview mirror={state.mirror} aspect={state.aspect} on={state.status === "on"} />}
        {state.status === "asking" && <Asking />}
        {state.status === "off" && <CameraOff />}
        {state.problem && <Problem problem={state.problem} />}
        {recording.countdown > 0 && recorded !== null && <p class="countdown" role="status" data-testid="countdown"><span>{text.countdown(recorded)}</span><b>{recording.countdown}</b></p>}
        {recording.countdown === 0 && recorded !== null && <p class="recording" data-testid="recording"><span class="recording-dot" aria-hidden="true" /><span class="recording-name" title={recorded}>{text.recording(recorded)}</span><span class="recording-count">{recording.count}</span></p>}
      </div>
      <CameraControls />
    </section>
  );
}

/** @param {{mirror: boolean, aspect: number, on: boolean}} props */
function Preview({ mirror, aspect, on }) {
  const { camera, teach } = useApp();
  const place = useRef(/** @type {HTMLDivElement | null} */ (null));
  useEffect(() => {
    place.current?.prepend(camera.video);
    if (camera.on) void camera.video.play().catch(() => {}); // moving a video pauses it
  }, []);
  const share = useStore(teach.store, (store) => store.state?.crop);
  const { x, y, side } = centreSquare(aspect, 1, share);
  const [left, top, right, bottom] = [x / aspect, y, (x + side) / aspect, y + side].map((part) => `${100 * part}%`);
  const guide = { left, top, width: `${(100 * side) / aspect}%`, height: `${100 * side}%` };
  const hole = `${left} ${top}, ${right} ${top}, ${right} ${bottom}, ${left} ${bottom}, ${left} ${top}`;
  const shade = { clipPath: `polygon(evenodd, 0 0, 100% 0, 100% 100%, 0 100%, 0 0, ${hole})` };
  return (
    <div class={`preview ${mirror ? "is-mirrored" : ""}`} ref={place}>
      {on ? <><HeatOverlay place={guide} /><div class="shade" style={shade} /><div class="guide" data-testid="guide" style={guide} title={text.guide} /></> : <p class="stage-message" role="status"><span class="spinner" aria-hidden="true" />{text.cameraStarting}</p>}
    </div>
  );
}

/** The browser asks whether the camera is allowed, or did: Firefox takes a click beside its question for no answer. */
function Asking() {
  const { camera } = useApp();
  return (
    <div class="stage-message" role="status" data-testid="camera-asking">
      <CameraIcon />
      <p class="stage-title">{text.cameraAsking}</p>
      <p>{text.cameraAskingHelp}</p>
      <button type="button" class="button primary" data-testid="ask-again" onClick={() => camera.start()}>{text.cameraAskAgain}</button>
    </div>
  );
}

function CameraOff() {
  const { camera } = useApp();
  return (
    <div class="stage-message">
      <NoCameraIcon />
      <p>{text.cameraOff}</p>
      <button type="button" class="button primary" onClick={() => camera.start()}>{text.cameraTurnOn}</button>
    </div>
  );
}

/** @param {{problem: import("./user-media.js").CameraProblem}} props */
function Problem({ problem }) {
  const { camera } = useApp();
  const { title, advice } = text.cameraProblems[problem];
  return (
    <div class="stage-message" role="alert" data-testid="camera-problem" data-problem={problem}>
      <NoCameraIcon />
      <p class="stage-title">{title}</p>
      <p>{advice}</p>
      <p>{text.uploadStillWorks}</p>
      <button type="button" class="button primary" data-testid="retry-camera" onClick={() => camera.start()}>{text.retry}</button>
    </div>
  );
}
