import { inEditor, words } from "./words.js";

/** @import {Model} from "../connection/types.js" */
/** @import {App} from "../page/app.js" */

/**
 * What a studio in a cell needs beside the studio: the camera comes back when a silent Python answers again, where the
 * notebook may not use the camera there is a link to the page, and Python hears when the view closes.
 * @param {App} app @param {Model} model @param {HTMLElement} el
 * @returns {() => void} ends it
 */
export function embed(app, model, el) {
  const notice = document.createElement("p");
  notice.className = "showtell-notice";
  notice.hidden = true;
  el.before(notice);
  const look = () => {
    const { problem } = app.camera.state.value;
    if (problem === "refused" || problem === "insecure") void offer(app, notice);
    else notice.hidden = true;
  };
  const unwatch = app.camera.state.watch(look);
  look();
  const heard = () => { if (app.camera.state.value.problem === "silent") void app.camera.start(); };
  model.on("msg:custom", heard);
  return () => {
    unwatch();
    model.off("msg:custom", heard);
    notice.remove();
    try {
      model.send({ type: "bye" }, undefined, []);
    } catch {
      // the kernel is gone
    }
  };
}

/** @param {App} app @param {HTMLElement} notice */
async function offer(app, notice) {
  if (!notice.hidden) return;
  notice.hidden = false;
  notice.textContent = inEditor() ? words().studioEditor : words().studioRefused;
  const { content } = await app.client.request({ type: "page" }).catch(() => ({ content: null }));
  const url = /** @type {{url?: string} | null} */ (content)?.url;
  if (!url) return;
  const link = Object.assign(document.createElement("a"), { href: url, target: "_blank", rel: "noopener", textContent: words().openPage });
  link.style.cssText = "color: revert; text-decoration: underline"; // JupyterLab makes links look like text
  notice.replaceChildren(notice.textContent, " ", link, ".");
}
