const STEP = 0.94;
const SMALLEST = 0.45;

/**
 * Make the sentence as large as its box allows, so that nothing below it moves; a word is broken only when it is too long
 * for the smallest letters. The stylesheet multiplies the letters' size with --fit.
 * @param {HTMLElement} box its last child is the sentence
 */
export function fit(box) {
  const sentence = /** @type {HTMLElement} */ (box.lastElementChild);
  sentence.style.overflowWrap = "normal";
  for (let scale = 1; ; scale *= STEP) {
    sentence.style.setProperty("--fit", String(scale));
    if (sentence.offsetHeight <= box.clientHeight && sentence.scrollWidth <= sentence.clientWidth) return;
    if (scale < SMALLEST) break;
  }
  sentence.style.overflowWrap = "anywhere";
}
