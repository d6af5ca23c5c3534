/**
 * What is wrong with the page as it is drawn now: text that is cut, stands out of its button, lies over other text or
 * beyond the window; boxes that scroll sideways. Names that people give may end in an ellipsis.
 * @returns {string[]}
 */
() => {
  const NAMES = ".dataset, .undo-what, .bar-name, .matrix th, .matrix th *, .recording-name, .progress";
  const SCROLLS = ".strip, .matrix-box"; // may scroll sideways
  const LAYERS = ".stage, .toasts, .selection-bar, .banner, .tabs, .popup, dialog, .show, .card .drop-note"; // lie over others
  const width = document.documentElement.clientWidth;
  const faults = new Set();

  if (document.documentElement.scrollWidth > width) faults.add(`the page is ${document.documentElement.scrollWidth} wide`);
  for (const box of document.querySelectorAll(".showtell *")) {
    if (!["auto", "scroll"].includes(getComputedStyle(box).overflowX) || box.matches(SCROLLS)) continue;
    if (box.scrollWidth > box.clientWidth) faults.add(`scrolls sideways: ${box.className}`);
  }
  for (const heading of document.querySelectorAll(".step")) {
    if (heading.clientHeight > 30) faults.add(`a heading is broken: ${heading.textContent}`);
  }
  for (const input of document.querySelectorAll("input.name")) {
    if (input.clientWidth && input.clientWidth < 90) faults.add(`no room for a name: ${input.clientWidth} px`);
  }

  const texts = [...shownTexts()];
  for (const { said, element, rects } of texts) {
    const all = around(rects);
    if ((all.left < -1 || all.right > width + 1) && !element.closest(SCROLLS)) faults.add(`beyond the window: ${said}`);
    for (let box = element; box && !box.matches(".showtell"); box = box.parentElement) {
      const { borderTopWidth, display, overflowX, overflowY } = getComputedStyle(box);
      if (display === "inline" || display === "contents") continue;
      const at = box.getBoundingClientRect();
      const closed = parseFloat(borderTopWidth) > 0 && !box.matches(SCROLLS); // what has an edge holds what is in it
      const hides = (/** @type {string} */ overflow) => closed || overflow === "hidden" || overflow === "clip";
      if (hides(overflowX) && (all.left < at.left - 1 || all.right > at.right + 1)) faults.add(`wider than ${box.className}: ${said}`);
      if (hides(overflowY) && (all.top < at.top - 3 || all.bottom > at.bottom + 3)) faults.add(`taller than ${box.className}: ${said}`);
    }
  }

  const flat = texts.filter(({ element }) => !element.closest(LAYERS));
  for (const [place, one] of flat.entries()) {
    for (const other of flat.slice(place + 1)) {
      if (one.rects.some((a) => other.rects.some((b) => overlap(a, b)))) faults.add(`${one.said} / lies over / ${other.said}`);
    }
  }
  return [...faults];

  function* shownTexts() {
    const walker = document.createTreeWalker(document.querySelector(".showtell"), NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {
      const element = node.parentElement;
      if (!node.textContent.trim() || element.closest("select") || !element.checkVisibility({ visibilityProperty: true })) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      let rects = [...range.getClientRects()].filter(({ width, height }) => width > 1 && height > 1);
      for (let box = element; box; box = box.parentElement) if (box.clientWidth === 1 && box.clientHeight === 1) rects = []; // for screen readers
      if (element.closest(NAMES)) rects = rects.map((rect) => cropped(rect, element.closest(NAMES).getBoundingClientRect()));
      if (rects.length) yield { element, rects, said: `“${node.textContent.trim().slice(0, 60)}” (${element.className || element.tagName})` };
    }
  }

  function around(rects) {
    return {
      left: Math.min(...rects.map(({ left }) => left)),
      right: Math.max(...rects.map(({ right }) => right)),
      top: Math.min(...rects.map(({ top }) => top)),
      bottom: Math.max(...rects.map(({ bottom }) => bottom)),
    };
  }

  function cropped(a, b) {
    return { left: Math.max(a.left, b.left), right: Math.min(a.right, b.right), top: Math.max(a.top, b.top), bottom: Math.min(a.bottom, b.bottom) };
  }

  function overlap(a, b) {
    const { left, right, top, bottom } = cropped(a, b);
    return right - left > 2 && bottom - top > 5;
  }
}
