import { remember, remembered } from "../base/prefs.js";
import { Store } from "../base/store.js";
import { language, setLanguage } from "../text/text.js";

/**
 * @typedef {object} Choices
 * @property {string} language
 * @property {import("../answer/steady.js").Steadiness} steady
 * @property {boolean} sound
 * @property {boolean} speech
 * @property {boolean} check is the check unfolded?
 * @property {number} seconds of a timed recording
 * @property {import("../check/checks.js").Method} method of the map
 */

/** @type {Choices} */
const DEFAULTS = { language, steady: "short", sound: false, speech: false, check: false, seconds: 3, method: "pca" };

/** What a person chose, kept for the next visit. */
export class Settings {
  /** @type {Store<Choices>} */
  store = new Store({ ...DEFAULTS, ...rememberedChoices(), language });

  get value() {
    return this.store.value;
  }

  /** @param {Partial<Choices>} patch */
  set(patch) {
    if (patch.language) setLanguage(patch.language);
    this.store.update(patch);
    remember("choices", JSON.stringify(this.store.value));
  }
}

/** @returns {Partial<Choices>} */
function rememberedChoices() {
  try {
    const found = JSON.parse(remembered("choices") ?? "{}");
    return Object.fromEntries(Object.entries(DEFAULTS).flatMap(([name, initial]) => (typeof found[name] === typeof initial ? [[name, found[name]]] : [])));
  } catch {
    return {};
  }
}
