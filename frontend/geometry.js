/**
 * The size in which a frame is sent: in its own proportions, 320 to 480 pixels high.
 * @param {number} width @param {number} height
 */
export function frameSize(width, height) {
  const target = Math.min(480, Math.max(320, height));
  return { width: Math.max(1, Math.round((width * target) / height)), height: target };
}

/** The square in the middle, which the network sees. @param {number} width @param {number} height */
export function centreSquare(width, height) {
  const side = Math.min(width, height);
  return { x: (width - side) / 2, y: (height - side) / 2, side };
}
