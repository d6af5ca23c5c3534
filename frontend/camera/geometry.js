/**
 * The size in which a frame is sent: in its own proportions, the short side from `minSide` to `maxSide` pixels.
 * @param {number} width @param {number} height @param {{minSide: number, maxSide: number}} limits
 */
export function frameSize(width, height, { minSide, maxSide }) {
  const short = Math.min(width, height);
  const scale = Math.min(maxSide, Math.max(minSide, short)) / short;
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/**
 * The square in the middle, of which the network sees the inner `share`.
 * @param {number} width @param {number} height @param {number} [share]
 */
export function centreSquare(width, height, share = 1) {
  const side = Math.min(width, height) * share;
  return { x: (width - side) / 2, y: (height - side) / 2, side };
}
