import { useEffect, useRef, useState } from "preact/hooks";
import { useApp } from "../app.js";
import { classColour } from "../colours.js";
import { useStore } from "../store.js";
import { text } from "../text.js";
import { Bars } from "./bars.jsx";
import { Evidence } from "./evidence.jsx";
import { answerKind, Sentence } from "./sentence.jsx";

const ANNOUNCE_EVERY_MS = 2000;

/** What the machine says, live. */
export function AnswerPanel() {
  const { live, camera, teach, connection } = useApp();
  const answer = useStore(live.state, (store) => store.answer);
  const status = useStore(camera.state, (store) => store.status);
  const learning = useStore(teach.store, (store) => store.state?.learning ?? false);
  useStore(teach.store, (store) => store.state); // colours and names
  const taught = teach.classes.some(({ count }) => count > 0);
  const kind = answerKind(answer);
  const online = useStore(connection, (store) => store.online);
  const waiting = !online ? text.notConnected : status === "problem" ? text.noCameraYet : status === "off" ? text.paused : text.nothingYet;
  return (
    <section class="panel answer" aria-labelledby="showtell-answer" data-kind={kind} style={{ "--class": classColour(answer?.label ? teach.colour(answer.label) : -1) }}>
      <div class="answer-head">
        <h2 class="eyebrow" id="showtell-answer">{text.answer}</h2>
        {learning && <p class="learning"><span class="spinner" aria-hidden="true" />{text.learning}</p>}
      </div>
      <Sentence testid="sentence" answer={answer} otherwise={waiting} />
      <Announcer />
      {taught && <Bars answer={answer} testid="bar" />}
      {taught && status === "on" && <Evidence answer={answer} />}
      <Speed />
    </section>
  );
}

/** Tells screen readers about changes, calmly. */
function Announcer() {
  const { live } = useApp();
  const [said, setSaid] = useState("");
  const last = useRef(/** @type {string | null | undefined} */ (undefined));
  useEffect(() => {
    const timer = setInterval(() => {
      const { answer } = live.state.value;
      if (!answer || answer.label === last.current) return;
      last.current = answer.label;
      setSaid(answer.sentence);
    }, ANNOUNCE_EVERY_MS);
    return () => clearInterval(timer);
  }, [live]);
  return <p class="visually-hidden" role="status" aria-live="polite">{said}</p>;
}

function Speed() {
  const { live } = useApp();
  const fps = useStore(live.state, (store) => Math.round(store.fps));
  const ms = useStore(live.state, (store) => Math.round(store.ms));
  const number = (/** @type {number} */ value) => (Number.isFinite(value) ? value : "–");
  return (
    <p class={`speed ${Number.isFinite(ms) ? "" : "is-idle"}`}><span data-testid="fps">{number(fps)}</span> {text.fps}<span class="speed-gap" /><span data-testid="ms">{number(ms)}</span> {text.ms}</p>
  );
}
