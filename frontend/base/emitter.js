/** Handlers by event name: what `on` and `off` need. */
export class Emitter {
  /** @type {Map<string, Set<(...args: any[]) => void>>} */
  #handlers = new Map();

  /** @param {string} event @param {(...args: any[]) => void} handler */
  on(event, handler) {
    const set = this.#handlers.get(event) ?? new Set();
    this.#handlers.set(event, set.add(handler));
  }

  /** @param {string} event @param {(...args: any[]) => void} handler */
  off(event, handler) {
    this.#handlers.get(event)?.delete(handler);
  }

  /** @param {string} event @param {...any} args */
  emit(event, ...args) {
    for (const handler of [...(this.#handlers.get(event) ?? [])]) handler(...args);
  }
}
