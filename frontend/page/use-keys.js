import { useEffect } from "preact/hooks";
import { chosenFiles } from "../teach/dropped.js";

/** @import {App} from "./app.js" */

/** Undo, redo, and pictures from the clipboard; in a notebook only while the studio has the focus. @param {App} app @param {{current: HTMLElement | null}} root */
export function useKeys(app, root) {
  useEffect(() => {
    const ended = new AbortController();
    const { signal } = ended;
    const ours = (/** @type {Event} */ { target }) => app.page || (target instanceof Node && !!root.current?.contains(target));
    const typing = (/** @type {Event} */ { target }) => target instanceof HTMLElement && target.matches("input:not([type=checkbox], [type=range]), textarea");
    document.addEventListener("keydown", (event) => {
      if (!ours(event)) return;
      if (event.key === "Escape") app.selection.clear();
      if (typing(event) || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      if (key !== "z" && key !== "y") return;
      event.preventDefault();
      void (key === "y" || event.shiftKey ? app.teach.redo() : app.teach.undo());
    }, { signal });
    document.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (!files.length || !ours(event)) return;
      event.preventDefault();
      const card = event.target instanceof Element ? event.target.closest("[data-label]") : null;
      void app.files.add(chosenFiles(files), card?.getAttribute("data-label") ?? null);
    }, { signal });
    // a file dropped beside its target must not replace the page
    const stay = (/** @type {DragEvent} */ event) => event.preventDefault();
    if (app.page) for (const type of /** @type {const} */ (["dragover", "drop"])) window.addEventListener(type, stay, { signal });
    return () => ended.abort();
  }, [app]);
}
