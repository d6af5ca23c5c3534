/** @import {Answer} from "../connection/types.js" */

/**
 * How sure the answer is of each class, and that it is something else: together 1. Of the class that is named it is the
 * sentence's own number; for what is unknown, no more than it is familiar.
 * @param {Answer} answer
 * @returns {{classes: Map<string, number>, other: number}}
 */
export function certainties({ label, scores, confidence, familiarity }) {
  const best = Math.max(0, ...scores.map(([, score]) => score));
  const share = best ? Math.min(1, confidence / best, label === null ? familiarity : 1) : 0;
  return { classes: new Map(scores.map(([label, score]) => [label, score * share])), other: 1 - share };
}
