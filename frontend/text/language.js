import { remembered } from "../base/prefs.js";

/** Those in which every word is there. */
export const LANGUAGES = ["en", "de"];

/** The language to speak: the one chosen in a studio, or the browser's. @returns {string} one of LANGUAGES */
export function chosenLanguage() {
  return bestLanguage([remembered("language") ?? "", ...(globalThis.navigator?.languages ?? [])]);
}

/** @param {readonly string[]} wanted such as "de-AT", the dearest first @returns {string} one of LANGUAGES */
export function bestLanguage(wanted) {
  return wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => LANGUAGES.includes(tag)) ?? "en";
}
