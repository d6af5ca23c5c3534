import { text } from "../text/text.js";

export const MAX_NAME_LENGTH = 80;

/** One space between words, none around them, one form of each accented letter. @param {string} name */
export function cleanName(name) {
  return name.normalize("NFC").replace(/\s+/g, " ").trim();
}

/**
 * @param {string} name a clean one
 * @param {string[]} others names of the other classes
 * @returns {string | null} what is wrong with it; Python may object to more
 */
export function nameProblem(name, others) {
  if (!name) return text.nameEmpty;
  if ([...name].length > MAX_NAME_LENGTH) return text.nameLong(MAX_NAME_LENGTH);
  const same = others.find((other) => other.toLowerCase() === name.toLowerCase());
  return same === undefined ? null : text.nameTaken(same);
}

/** "Class 3" if 1 and 2 are taken. @param {string[]} taken */
export function freeName(taken) {
  const lower = new Set(taken.map((name) => name.toLowerCase()));
  let number = taken.length + 1;
  while (lower.has(`${text.defaultName} ${number}`.toLowerCase())) number++;
  return `${text.defaultName} ${number}`;
}
