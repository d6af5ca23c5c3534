import { text } from "./text.js";

/** @import {Coded} from "../connection/types.js" */

/**
 * Return a sentence of Python's in the page's language; in English it is Python's own, but for what a page says otherwise.
 * @param {Coded | null | undefined} said @param {string} sentence Python's, for want of a translation
 * @returns {string}
 */
export function translate(said, sentence) {
  const words = said && text.sentences[said.code];
  if (!words) return sentence;
  const values = Object.entries(said.values).map(([name, value]) => [name, isCoded(value) ? translate(value, value.text) : value]);
  return words(Object.fromEntries(values));
}

/** @param {Coded["values"][string]} value @returns {value is Coded} */
function isCoded(value) {
  return typeof value === "object" && value !== null && "code" in value;
}
