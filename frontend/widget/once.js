/** @import {Model} from "../connection/types.js" */
/** @typedef {{default: {render: (view: {model: Model, el: HTMLElement}) => () => void}}} Module */

/**
 * Loads a widget's code, its trait `_code`, once for the page: a notebook loads `_esm` anew whenever a cell is run, and
 * a browser never forgets a module.
 * @param {{model: Model, el: HTMLElement}} view
 */
async function render(view) {
  const page = /** @type {{showtellModules?: Map<string, Promise<Module>>}} */ (globalThis);
  const modules = (page.showtellModules ??= new Map());
  const code = view.model.get("_code");
  const module = modules.get(code) ?? load(code);
  modules.set(code, module);
  return (await module).default.render(view);
}

/** @param {string} code @returns {Promise<Module>} */
async function load(code) {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  try {
    return await import(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

export default { render };
