import { useEffect, useRef } from "preact/hooks";
import { useStore } from "../base/store.js";
import { text } from "../text/text.js";
import { translate } from "../text/translate.js";
import { useApp } from "../ui/app-context.js";
import { classColour } from "../ui/colours.js";
import { FileButton } from "../ui/file-button.jsx";
import { CrossIcon } from "../ui/icons.jsx";
import { useDrop } from "../ui/use-drop.js";
import { Bars } from "./bars.jsx";
import { SentenceBox } from "./sentence-box.jsx";
import { answerKind } from "./sentence.js";

const MAX_PROBLEMS = 100;

/** Asks about a picture or a video file. */
export function TestPanel() {
  const { tester, teach } = useApp();
  const { url, video, name, busy, answer } = useStore(tester.state, (store) => store);
  const problems = useStore(teach.store, (store) => store.state?.problems);
  const drop = useDrop(({ files: [file] }) => { if (file) void tester.test(file); });
  return (
    <section class="panel test" aria-label={text.test}>
      <div class={`test-drop ${drop.over ? "is-over" : ""}`} data-kind={answerKind(answer)} style={{ "--class": classColour(answer?.label ? teach.colour(answer.label) : -1) }} {...drop.handlers}>
        <div class="test-row">
          <FileButton testid="test-files" accept="image/*,video/*" onFiles={([file]) => void tester.test(file)}>{text.test}</FileButton>
          <p class="hint for-mouse">{drop.over ? text.dropHere : text.testHint}</p>
          {url && <button type="button" class="button quiet square" data-testid="test-close" aria-label={text.testClose} title={text.testClose} onClick={() => tester.close()}><CrossIcon /></button>}
        </div>
        {url && (
          <div class={`test-result ${video ? "is-video" : ""}`} role={video ? undefined : "status"}>
            {video ? <Video key={url} url={url} name={name} /> : <img class="test-picture" src={url} alt={text.testAlt} title={name} />}
            {busy ? <p class="hint"><span class="spinner" aria-hidden="true" />{text.testing}</p> : <SentenceBox testid="test-sentence" answer={answer} otherwise="" />}
            {answer && <Bars answer={answer} testid="test-bar" />}
          </div>
        )}
      </div>
      {problems && problems.length > 0 && (
        <details class="more" data-testid="problems">
          <summary>{text.problems(problems.length)}</summary>
          <ul>{problems.slice(0, MAX_PROBLEMS).map(({ file, reason, said }) => <li key={file}><b>{file}</b>: {translate(said, reason)}</li>)}</ul>
        </details>
      )}
    </section>
  );
}

/** @param {{url: string, name: string}} props */
function Video({ url, name }) {
  const { tester } = useApp();
  const video = useRef(/** @type {HTMLVideoElement | null} */ (null));
  useEffect(() => (video.current ? tester.follow(video.current) : undefined), [url]);
  return <video ref={video} class="test-video" data-testid="test-video" src={url} aria-label={text.testAlt} title={name} controls autoplay muted loop playsInline onError={() => tester.refuse(name)} />;
}
