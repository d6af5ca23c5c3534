const SIDE = 16;
const COLOUR = [200, 100, 50];

/**
 * Does this browser give other colours than were drawn? Some do, so that a page can't tell one computer from another
 * (Firefox's privacy.resistFingerprinting, Tor Browser): every picture would be stripes.
 * @returns {boolean}
 */
export function scrambles() {
  const pen = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE }).getContext("2d", { willReadFrequently: true });
  if (!pen) return true;
  pen.fillStyle = `rgb(${COLOUR.join(" ")})`;
  pen.fillRect(0, 0, SIDE, SIDE);
  const { data } = pen.getImageData(0, 0, SIDE, SIDE);
  return data.some((value, place) => place % 4 < 3 && Math.abs(value - COLOUR[place % 4]) > 2);
}
