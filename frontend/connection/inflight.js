/**
 * How many frames are out without an answer: at most `most`, each forgotten after `patience_ms`.
 * Answers older than one already shown are stale. Times are in ms of one clock, handed in.
 */
export class InFlight {
  /** @type {Map<number, number>} id -> when it was captured */
  #since = new Map();
  #newestShown = -1;

  constructor(most = 2, patience_ms = 1000) {
    this.most = most;
    this.patience_ms = patience_ms;
  }

  get size() {
    return this.#since.size;
  }

  /** Forgets what got no answer in time. @param {number} now @returns {boolean} is there room for another frame? */
  room(now) {
    for (const [id, since] of this.#since) if (now - since >= this.patience_ms) this.#since.delete(id);
    return this.#since.size < this.most;
  }

  /** @param {number} id rising from frame to frame @param {number} now */
  begin(id, now) {
    this.#since.set(id, now);
  }

  /** An answer, a `skipped` or an error came. @param {number} id */
  end(id) {
    this.#since.delete(id);
  }

  /** Should this answer be shown? Not when a newer one was. @param {number} id */
  show(id) {
    if (id <= this.#newestShown) return false;
    this.#newestShown = id;
    return true;
  }

  clear() {
    this.#since.clear();
  }
}
