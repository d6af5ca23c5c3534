import { useEffect, useRef, useState } from "preact/hooks";
import { useStore } from "../base/store.js";
import { text } from "../text/text.js";
import { useApp } from "../ui/app-context.js";
import { classColour } from "../ui/colours.js";
import { FullScreenIcon } from "../ui/icons.jsx";
import { AnswerOptions } from "./answer-options.jsx";
import { Bars } from "./bars.jsx";
import { Evidence } from "./evidence.jsx";
import { MinuteStrip } from "./minute-strip.jsx";
import { SentenceBox } from "./sentence-box.jsx";
import { answerKind, sentenceOf } from "./sentence.js";

const ANNOUNCE_EVERY_MS = 2000;

/** What the model says about the camera's picture, live. */
export function AnswerPanel() {
  const { live, camera, teach, connection, view } = useApp();
  const answer = useStore(live.state, (store) => store.answer);
  const status = useStore(camera.state, (store) => store.status);
  const learning = useStore(teach.store, (store) => store.state?.learning ?? false);
  useStore(teach.store, (store) => store.state); // colours and names
  const taught = teach.taught > 0;
  const online = useStore(connection, (store) => store.online);
  const fullScreen = useStore(view, (store) => store.fullScreen);
  const waiting = !online ? text.notConnected : status === "problem" ? text.noCameraYet : status === "off" ? text.paused : text.nothingYet;
  const word = fullScreen ? text.leaveFullScreen : text.fullScreen;
  return (
    <section class="panel answer" aria-labelledby="showtell-answer" data-kind={answerKind(answer)} style={{ "--class": classColour(answer?.label ? teach.colour(answer.label) : -1) }}>
      <div class="panel-head">
        <h2 class="eyebrow step step-3" id="showtell-answer">{text.use}</h2>
        {learning && <p class="busy"><span class="spinner" aria-hidden="true" />{text.learning}</p>}
        <div class="answer-tools">
          <AnswerOptions />
          <button type="button" class="button quiet square" data-testid="full-screen" aria-pressed={fullScreen} aria-label={word} title={word} onClick={() => view.update({ fullScreen: !fullScreen })}><FullScreenIcon /></button>
        </div>
      </div>
      <SentenceBox testid="sentence" answer={answer} otherwise={waiting} />
      <Announcer />
      {taught && <Bars answer={answer} testid="bar" />}
      {taught && status === "on" && <MinuteStrip />}
      {taught && status === "on" && <Evidence answer={answer} />}
      <Speed />
    </section>
  );
}

/** Tells screen readers about changes, calmly. */
function Announcer() {
  const { live, teach } = useApp();
  const [said, setSaid] = useState("");
  const last = useRef("");
  useEffect(() => {
    const timer = setInterval(() => {
      const { answer } = live.state.value;
      if (!answer) return;
      const about = answerKind(answer) === "known" ? `known ${answer.label}` : `${answerKind(answer)} ${teach.taught}`;
      if (about === last.current) return;
      last.current = about;
      setSaid(sentenceOf(answer, teach.taught));
    }, ANNOUNCE_EVERY_MS);
    return () => clearInterval(timer);
  }, [live]);
  return <p class="visually-hidden" role="status" aria-live="polite" data-testid="announced">{said}</p>;
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
