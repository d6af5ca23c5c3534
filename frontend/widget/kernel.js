/** @import {Model} from "../connection/types.js" */

/**
 * Is Python busy with something else just now, so that no answer is no bad sign? Jupyter's front ends can say;
 * where nobody can, the answer is no.
 * @param {Model} model
 * @returns {boolean}
 */
export function kernelBusy(model) {
  const { widget_manager } = /** @type {{widget_manager?: {kernel?: {status?: string}}}} */ (model);
  return widget_manager?.kernel?.status === "busy";
}
