import { useEffect } from "preact/hooks";
import { useStore } from "../base/store.js";

/** @import {App} from "./app.js" */

/**
 * The stage: nothing but the camera and a huge sentence, over the whole screen where the browser allows it.
 * @param {App} app @param {{current: HTMLElement | null}} root @returns {boolean} is it on?
 */
export function useStage({ view }, root) {
  const stage = useStore(view, (store) => store.stage);
  useEffect(() => {
    if (!stage) return;
    const ended = new AbortController();
    const { signal } = ended;
    const leave = () => view.update({ stage: false });
    document.addEventListener("fullscreenchange", () => { if (!document.fullscreenElement) leave(); }, { signal });
    document.addEventListener("keydown", ({ key }) => { if (key === "Escape") leave(); }, { signal });
    void root.current?.parentElement?.requestFullscreen?.().catch(() => {}); // refused: the page itself becomes the stage
    return () => {
      ended.abort();
      if (document.fullscreenElement) void document.exitFullscreen().catch(() => {});
    };
  }, [stage]);
  return stage;
}
