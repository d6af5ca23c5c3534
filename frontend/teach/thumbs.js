import { asUint8 } from "../connection/wire.js";

/** @import {Client} from "../connection/client.js" */
/** @import {Bytes, Thumbnail} from "../connection/types.js" */

const MAX_PER_MESSAGE = 200;
const MAX_KEPT = 6000; // about 25 MB
const GATHER_MS = 120; // wishes of so long make one message

/** Small pictures of examples, as blob: addresses by id; what the page lacks it asks Python for. */
export class Thumbs {
  /** @type {Map<string, string>} */
  #urls = new Map();
  /** Those recorded here, whose address was known before their id. @type {Map<string, string>} */
  #recorded = new Map();
  /** @type {Set<string>} wanted, not there yet */
  #wanted = new Set();
  /** What a message asked for and did not get yet, by its ref. @type {Map<number, Set<string>>} */
  #asked = new Map();
  /** @type {Set<() => void>} */
  #watchers = new Set();
  #client;
  #scheduled = false;

  /** @param {Client} client */
  constructor(client) {
    this.#client = client;
    client.listen("thumbnail", (/** @type {Thumbnail} */ { example }, /** @type {Bytes} */ buffer) => {
      if (this.#wanted.has(example)) this.put(example, URL.createObjectURL(new Blob([new Uint8Array(asUint8(buffer))], { type: "image/jpeg" })));
    });
    client.listen("error", ({ ref }) => this.#refused(ref));
    client.listen("online", () => { this.#asked.clear(); this.#schedule(); });
  }

  /** Its address, if it is there. @param {string} example */
  get(example) {
    return this.#urls.get(example);
  }

  /** What its place in a row goes by, from the moment it was recorded. @param {string} example */
  key(example) {
    return this.#recorded.get(example) ?? example;
  }

  /** @param {string} example @param {string} url an object URL of a picture recorded here */
  record(example, url) {
    this.#recorded.set(example, url);
    this.put(example, url);
  }

  /** @param {string} example @param {string} url an object URL, which belongs to this object from now on */
  put(example, url) {
    const old = this.#urls.get(example);
    if (old && old !== url) URL.revokeObjectURL(old);
    this.#urls.set(example, url);
    if (this.#urls.size > MAX_KEPT) this.#forgetOldest();
    this.#wanted.delete(example);
    for (const [ref, examples] of this.#asked) if (examples.delete(example) && !examples.size) this.#asked.delete(ref);
    this.#notify();
  }

  /** Asks for those that are missing. @param {string[]} examples */
  want(examples) {
    for (const example of examples) if (!this.#urls.has(example)) this.#wanted.add(example);
    this.#schedule();
  }

  /** @param {() => void} watcher @returns {() => void} */
  watch(watcher) {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  close() {
    for (const url of this.#urls.values()) URL.revokeObjectURL(url);
    this.#urls.clear();
  }

  #schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setTimeout(() => { this.#scheduled = false; this.#ask(); }, GATHER_MS);
  }

  #ask() {
    if (!this.#client.online) return;
    const asked = new Set([...this.#asked.values()].flatMap((examples) => [...examples]));
    const missing = [...this.#wanted].filter((example) => !asked.has(example));
    for (let at = 0; at < missing.length; at += MAX_PER_MESSAGE) this.#send(missing.slice(at, at + MAX_PER_MESSAGE));
  }

  /** @param {string[]} examples */
  #send(examples) {
    const ref = this.#client.nextRef();
    this.#asked.set(ref, new Set(examples));
    this.#client.send({ type: "thumbnails", ref, examples });
  }

  /** One that is gone spoils the message for those after it: ask for each alone, and give up the one. @param {number} ref */
  #refused(ref) {
    const examples = this.#asked.get(ref);
    this.#asked.delete(ref);
    if (examples?.size === 1) for (const example of examples) this.#wanted.delete(example);
    else for (const example of examples ?? []) this.#send([example]);
  }

  #forgetOldest() {
    for (const [example, url] of this.#urls) {
      URL.revokeObjectURL(url);
      this.#urls.delete(example);
      this.#recorded.delete(example);
      return;
    }
  }

  #notifying = false;
  #notify() {
    if (this.#notifying) return;
    this.#notifying = true;
    requestAnimationFrame(() => { this.#notifying = false; for (const watcher of [...this.#watchers]) watcher(); });
  }
}
