/** A share in [0, 1] as whole percent; 100 and 0 only for certainty, as in Python. @param {number} share */
export function percent(share) {
  if (share >= 1) return 100;
  return share > 0 ? Math.min(99, Math.max(1, Math.round(100 * share))) : 0;
}

/** Of many shares beside each other, the small ones don't count for more than they are. @param {number} share @returns {string} */
export function percentOf(share) {
  return share > 0 && share < 0.005 ? "<1 %" : `${percent(share)} %`;
}

/** "9:05" @param {number} seconds a whole number */
export function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** The middle one; NaN of nothing. @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.floor(sorted.length / 2)] : NaN;
}
