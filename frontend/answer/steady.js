/**
 * Answers smoothed over time, so that a flicker of one frame does not show: each score, and how much of it the answer
 * trusts, is an exponential average with the time constant of the chosen steadiness.
 * @import {Answer} from "../connection/types.js"
 * @typedef {"off" | "short" | "long"} Steadiness
 */

/** @type {Record<Steadiness, number>} ms */
const TIME_CONSTANT_MS = { off: 0, short: 250, long: 1200 };
const GAP_MS = 2000; // after such a pause everything before is forgotten

/** Smooths the answers of one camera. */
export class Steady {
  /** @type {{at: number, scores: Map<string, number>, trust: number, unknown: number, familiarity: number} | null} */
  #last = null;

  forget() {
    this.#last = null;
  }

  /**
   * @param {Answer} answer @param {number} now in ms @param {Steadiness} steadiness
   * @returns {Answer} what to show; its `sentence` is the raw one's
   */
  next(answer, now, steadiness) {
    const past = this.#last?.scores.size ? this.#last : null; // before there were two classes, answers had no scores
    const tau = TIME_CONSTANT_MS[steadiness];
    const old = past && tau && now - past.at < GAP_MS ? Math.exp(-(now - past.at) / tau) : 0;
    const mix = (/** @type {number | undefined} */ was, /** @type {number} */ is) => old * (was ?? 0) + (1 - old) * is;
    const scores = new Map(answer.scores.map(([label, score]) => [label, mix(past?.scores.get(label), score)]));
    const trust = mix(past?.trust, answer.confidence / Math.max(1e-9, ...answer.scores.map(([, score]) => score)));
    const unknown = mix(past?.unknown, answer.label === null ? 1 : 0);
    const familiarity = mix(past?.familiarity, answer.familiarity);
    this.#last = { at: now, scores, trust, unknown, familiarity };
    if (old === 0) return answer;
    const best = [...scores].reduce((best, one) => (one[1] > best[1] ? one : best), /** @type {[string, number]} */ (["", 0]));
    return { ...answer, scores: [...scores], familiarity, label: unknown < 0.5 && best[0] ? best[0] : null, confidence: Math.min(1, best[1] * trust) };
  }
}
