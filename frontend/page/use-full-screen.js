import { useEffect } from "preact/hooks";
import { useStore } from "../base/store.js";

/** @import {App} from "./app.js" */

/**
 * Full screen: nothing but the camera and a huge sentence, for an audience that sits far away.
 * @param {App} app @param {{current: HTMLElement | null}} root @returns {boolean} is it on?
 */
export function useFullScreen({ view }, root) {
  const fullScreen = useStore(view, (store) => store.fullScreen);
  useEffect(() => {
    if (!fullScreen) return;
    const ended = new AbortController();
    const { signal } = ended;
    const leave = () => view.update({ fullScreen: false });
    document.addEventListener("fullscreenchange", () => { if (!document.fullscreenElement) leave(); }, { signal });
    document.addEventListener("keydown", ({ key }) => { if (key === "Escape") leave(); }, { signal });
    void root.current?.parentElement?.requestFullscreen?.().catch(() => {}); // refused: then only within the page
    return () => {
      ended.abort();
      if (document.fullscreenElement) void document.exitFullscreen().catch(() => {});
    };
  }, [fullScreen]);
  return fullScreen;
}
