/** How many colours --colour-0 … in css/base.css are there; neighbours stay apart for colour-blind eyes. */
const COLOURS = 8;

/** @param {number} index of the class in the dataset; -1 is none of them */
export function classColour(index) {
  return index < 0 ? "var(--quiet)" : `var(--colour-${index % COLOURS})`;
}
