/**
 * How many frames are out without an answer: at most `limit`, each forgotten after `timeout_ms`.
 * Answers older than one already shown are stale. Times are in ms of one clock, handed in.
 */
export class InFlight {
  /** @type {Map<number, number>} id -> when it was captured */
  #since = new Map();
  #newestShown = -1;

  constructor(limit = 2, timeout_ms = 1000) {
    this.limit = limit;
    this.timeout_ms = timeout_ms;
  }

  get size() {
    return this.#since.size;
  }

  /** Forgets what got no answer in time. @param {number} now @returns {boolean} is there room for another frame? */
  room(now) {
    for (const [id, since] of this.#since) if (now - since >= this.timeout_ms) this.#since.delete(id);
    return this.#since.size < this.limit;
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
