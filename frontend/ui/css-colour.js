/**
 * Return a colour as a canvas takes it: there, `var(…)` and `light-dark(…)` mean nothing.
 * @param {Element} element where it is shown @param {string} colour such as var(--colour-1)
 */
export function canvasColour(element, colour) {
  const name = colour.slice(4, -1);
  const style = getComputedStyle(element);
  const value = style.getPropertyValue(name);
  const pair = value.match(/^light-dark\((#\w+), ?(#\w+)\)$/);
  if (!pair) return value;
  const schemes = style.colorScheme.split(" ");
  const dark = schemes.length > 1 ? matchMedia("(prefers-color-scheme: dark)").matches : schemes[0] === "dark";
  return pair[dark ? 2 : 1];
}
