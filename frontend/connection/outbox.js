import { translate } from "../text/translate.js";

/**
 * Pictures on their way to the dataset. At most `limit` are sent and unacknowledged; the rest wait here. What had no
 * reply when the connection broke is sent again, in order, once it is back, so that no recorded picture is lost.
 * @import {Incoming, Outgoing, Saved} from "./types.js"
 * @typedef {{label: string, burst: string | null, name: string | null, batch: string | null, body: Blob}} Picture `batch`: the files that came with it, to be undone together
 * @typedef {Picture & {ref: number, again: boolean, resolve: (saved: Saved) => void, reject: (why: Error) => void}} Job
 */
export class Outbox {
  /** @type {Job[]} */
  #queue = [];
  /** @type {Map<number, Job>} sent (or about to be), not yet acknowledged */
  #unacknowledged = new Map();
  #online = false;
  #pumping = false;
  #send;
  #nextRef;
  #limit;
  #changed;
  /** Waiting pictures per label: kept by hand, for there may be thousands. @type {Map<string, number>} */
  #counts = new Map();

  /**
   * @param {object} options
   * @param {(content: Outgoing, buffer: ArrayBuffer) => void} options.send
   * @param {() => number} options.nextRef
   * @param {() => void} [options.changed] called when the number of waiting pictures changes
   * @param {number} [options.limit]
   */
  constructor({ send, nextRef, changed = () => {}, limit = 4 }) {
    this.#send = send;
    this.#nextRef = nextRef;
    this.#changed = changed;
    this.#limit = limit;
  }

  get size() {
    return this.#queue.length + this.#unacknowledged.size;
  }

  /** Waiting pictures per label. @returns {Record<string, number>} */
  get waiting() {
    return Object.assign(Object.create(null), Object.fromEntries(this.#counts));
  }

  /** @param {Picture} picture @returns {Promise<Saved>} when it is on disk */
  push(picture) {
    return new Promise((resolve, reject) => {
      this.#queue.push({ ...picture, ref: this.#nextRef(), again: false, resolve, reject });
      this.#count(picture.label, 1);
      this.#changed();
      this.#pump();
    });
  }

  /** @param {Incoming} content a reply; others' are ignored */
  receive(content) {
    const job = content.ref === null ? undefined : this.#unacknowledged.get(content.ref);
    if (!job) return;
    this.#unacknowledged.delete(job.ref);
    this.#count(job.label, -1);
    if (content.type === "saved") job.resolve(content);
    else job.reject(new Error(content.type === "error" ? translate(content.said, content.message) : content.type));
    this.#changed();
    this.#pump();
  }

  /** @param {boolean} online */
  connection(online) {
    this.#online = online;
    this.#queue = [...this.#unacknowledged.values(), ...this.#queue];
    this.#unacknowledged.clear();
    this.#pump();
  }

  /** The class has a new name: what still waits goes there. @param {string} from @param {string} to */
  relabel(from, to) {
    for (const job of this.#jobs()) if (job.label === from) job.label = to;
    const moved = this.#counts.get(from) ?? 0;
    this.#count(from, -moved);
    this.#count(to, moved);
    this.#changed();
  }

  /** The class is gone: forget what waits for it. @param {string} label */
  drop(label) {
    for (const job of this.#jobs()) {
      if (job.label !== label) continue;
      this.#unacknowledged.delete(job.ref);
      job.reject(new DOMException("the class was removed", "AbortError"));
    }
    this.#queue = this.#queue.filter((job) => job.label !== label);
    this.#counts.delete(label);
    this.#changed();
    this.#pump();
  }

  /** @param {string} label @param {number} more */
  #count(label, more) {
    const count = (this.#counts.get(label) ?? 0) + more;
    if (count) this.#counts.set(label, count);
    else this.#counts.delete(label);
  }

  #jobs() {
    return [...this.#unacknowledged.values(), ...this.#queue];
  }

  async #pump() {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#online && this.#unacknowledged.size < this.#limit && this.#queue.length) {
      const job = /** @type {Job} */ (this.#queue.shift());
      this.#unacknowledged.set(job.ref, job);
      await this.#post(job);
    }
    this.#pumping = false;
  }

  /** @param {Job} job */
  async #post(job) {
    try {
      const bytes = await job.body.arrayBuffer();
      if (this.#unacknowledged.get(job.ref) !== job) return; // while reading, the connection broke or the class went
      const { ref, label, burst, name, batch, again } = job;
      this.#send({ type: "add", ref, label, burst, name, batch, again }, bytes);
      job.again = true; // should it go out once more, its first journey may have got there, and only the reply be lost
    } catch (why) {
      if (!this.#unacknowledged.delete(job.ref)) return;
      this.#count(job.label, -1);
      job.reject(/** @type {Error} */ (why));
      this.#changed();
    }
  }
}
