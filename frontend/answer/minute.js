/** @import {Live} from "./live.js" */
/** @typedef {{at: number, label: string | null, confidence: number}} Moment `at` in ms of performance.now() */

export const MINUTE_MS = 60_000;
const EVERY_MS = 200;

/** What was seen in the last minute. */
export class Minute {
  /** @type {Moment[]} oldest first */
  moments = [];
  #unwatch;

  /** @param {Live} live */
  constructor(live) {
    this.#unwatch = live.state.watch(() => {
      const { answer } = live.state.value;
      const now = performance.now();
      if (!answer?.scores.length || now - (this.moments.at(-1)?.at ?? -EVERY_MS) < EVERY_MS) return;
      this.moments.push({ at: now, label: answer.label, confidence: answer.confidence });
      while (now - this.moments[0].at > MINUTE_MS) this.moments.shift();
    });
  }

  close() {
    this.#unwatch();
  }
}
