/**
 * Every word the page says: one file for each language in text/, all with the same keys. `text` is the chosen one's;
 * what was drawn before a change must be drawn again.
 */
import { remember } from "../base/prefs.js";
import { english } from "./english.js";
import { german } from "./german.js";
import { bestLanguage, chosenLanguage } from "./language.js";

/** @typedef {typeof english} Text */

/** @type {Record<string, Text>} */
export const TEXTS = { en: english, de: german };

export let language = chosenLanguage();
export let text = TEXTS[language];

/** @param {string} wanted a key of TEXTS; remembered for the next visit */
export function setLanguage(wanted) {
  remember("language", wanted);
  language = bestLanguage([wanted]);
  text = TEXTS[language];
}
