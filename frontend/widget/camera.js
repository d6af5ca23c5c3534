import { Preview } from "./preview.js";
import { RecorderView } from "./recorder-view.js";
import { sessionOf } from "./session.js";

/** @import {Model} from "../connection/types.js" */

/**
 * The anywidget front end of a Camera or a Recorder, told apart by the trait `_kind`.
 * @param {{model: Model, el: HTMLElement}} view
 * @returns {() => void} ends it; with the last view of a camera its light goes off
 */
function render({ model, el }) {
  const session = sessionOf(model);
  const ended = new AbortController();
  const view = model.get("_kind") === "recorder" ? new RecorderView(model, session, ended.signal) : new Preview(session);
  const warned = (/** @type {{type: string, message: string}} */ { type, message }) => { if (type === "failed") view.warn(message); };
  model.on("msg:custom", warned);
  el.append(view.element);
  const leave = session.join(model, () => view.draw());
  view.draw();
  return () => {
    ended.abort();
    leave();
    model.off("msg:custom", warned);
    view.element.remove();
  };
}

export default { render };
