/** @import {PictureMap} from "./picture-map.js" */

const CLICK_PX = 4; // a pointer that moves less clicks: no hand is quite still
const WHEEL_PX = 300; // of turning, for a zoom of e

/**
 * Moves and zooms the map by mouse, wheel, and one or two fingers.
 * @param {HTMLCanvasElement} canvas @param {PictureMap} map @param {AbortSignal} signal ends it
 */
export function listenToPointers(canvas, map, signal) {
  /** @type {Map<number, {x: number, y: number}>} */
  const fingers = new Map();
  canvas.addEventListener("pointerdown", (event) => {
    map.dragged = false;
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
  }, { signal });
  canvas.addEventListener("pointermove", (event) => {
    const was = fingers.get(event.pointerId);
    if (!was) return;
    const [dx, dy] = [event.offsetX - was.x, event.offsetY - was.y];
    if (!map.dragged && Math.hypot(dx, dy) < CLICK_PX) return;
    map.dragged = true;
    const before = spread(fingers);
    fingers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    map.pan(dx / fingers.size, dy / fingers.size);
    if (before && fingers.size > 1) map.zoom(spread(fingers) / before, event.offsetX, event.offsetY);
  }, { signal });
  for (const type of /** @type {const} */ (["pointerup", "pointercancel"])) canvas.addEventListener(type, ({ pointerId }) => fingers.delete(pointerId), { signal });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    map.zoom(Math.exp(-event.deltaY / WHEEL_PX), event.offsetX, event.offsetY);
  }, { signal, passive: false });
}

/** How far two fingers are apart; 0 with one. @param {Map<number, {x: number, y: number}>} fingers */
function spread(fingers) {
  const [one, other] = fingers.values();
  return other ? Math.hypot(one.x - other.x, one.y - other.y) : 0;
}
