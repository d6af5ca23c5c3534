/** A share in [0, 1] as whole percent; 100 and 0 only for certainty, as in Python. @param {number} share */
export function percent(share) {
  if (share >= 1) return 100;
  return share > 0 ? Math.min(99, Math.max(1, Math.round(100 * share))) : 0;
}

/**
 * A sentence cut around the quoted label, so that the label can be coloured; joined, the parts are the sentence.
 * @param {string} sentence @param {string | null} label
 * @returns {{before: string, label: string, after: string}}
 */
export function sentenceParts(sentence, label) {
  const at = label ? sentence.indexOf(`"${label}"`) : -1;
  if (!label || at < 0) return { before: sentence, label: "", after: "" };
  const end = at + label.length + 2;
  return { before: sentence.slice(0, at), label: sentence.slice(at, end), after: sentence.slice(end) };
}

/** The middle one; NaN of nothing. @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.floor(sorted.length / 2)] : NaN;
}
