/**
 * Every word the page says: one file for each language in text/, all with the same keys. `text` is the chosen one's;
 * what was drawn before a change must be drawn again.
 */
import { remember, remembered } from "./prefs.js";
import { english } from "./text/english.js";
import { german } from "./text/german.js";

/** @typedef {typeof english} Text */

/** @type {Record<string, Text>} */
export const TEXTS = { en: english, de: german };

export let language = first([remembered("language") ?? "", ...(globalThis.navigator?.languages ?? [])]);
export let text = TEXTS[language];

/** @param {string} wanted a key of TEXTS; remembered for the next visit */
export function speak(wanted) {
  remember("language", wanted);
  language = first([wanted]);
  text = TEXTS[language];
}

/** @param {readonly string[]} wanted such as "de-AT", the dearest first @returns {string} a key of TEXTS */
export function first(wanted) {
  return wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag in TEXTS) ?? "en";
}
