import { Emitter } from "../base/emitter.js";
import { text } from "../text/text.js";
import { translate } from "../text/translate.js";

/** @import {Bytes, Incoming, Model, Outgoing} from "./types.js" */
/** @typedef {{content: Incoming, buffer: Bytes | undefined}} Reply */

/** Asks and gets answers over a model object: what arrives with a `ref` settles the request that carried it. */
export class Client {
  #model;
  #events = new Emitter();
  /** @type {Map<number, {resolve: (reply: Reply) => void, reject: (why: Error) => void, timer: ReturnType<typeof setTimeout>}>} */
  #asked = new Map();
  // several views of one widget hear each other's replies, so each starts counting somewhere else
  #lastRef = Math.floor(Math.random() * 2 ** 40);

  /** @param {Model} model */
  constructor(model) {
    this.#model = model;
    model.on("msg:custom", this.#receive);
    model.on("change:online", this.#online);
  }

  /** A widget in a notebook has no such trait and counts as connected. */
  get online() {
    return this.#model.get("online") !== false;
  }

  /** Failed tries to connect. */
  get tries() {
    return Number(this.#model.get("tries") ?? 0);
  }

  nextRef() {
    return ++this.#lastRef;
  }

  /** Events: every message type (content, buffer), and "online". @param {string} type @param {(...args: any[]) => void} handler */
  listen(type, handler) {
    this.#events.on(type, handler);
  }

  /** @param {Outgoing} content @param {Bytes} [buffer] */
  send(content, buffer) {
    this.#model.send(content, undefined, buffer ? [buffer] : []);
  }

  /**
   * @param {Outgoing} content gets a `ref`
   * @param {Bytes} [buffer]
   * @param {number} [timeout_ms]
   * @returns {Promise<Reply>} rejected with Python's message, or when there is no answer
   */
  request(content, buffer, timeout_ms = 30_000) {
    if (!this.online) return Promise.reject(new Error(text.offline));
    const ref = this.nextRef();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => { this.#asked.delete(ref); reject(new Error(text.timeout)); }, timeout_ms);
      this.#asked.set(ref, { resolve, reject, timer });
      this.send({ ...content, ref }, buffer);
    });
  }

  close() {
    this.#model.off("msg:custom", this.#receive);
    this.#model.off("change:online", this.#online);
    this.#rejectAll();
  }

  #receive = (/** @type {Incoming} */ content, /** @type {Bytes[]} */ buffers = []) => {
    const buffer = buffers[0];
    const asked = content.ref === null ? undefined : this.#asked.get(content.ref);
    if (asked && content.ref !== null) {
      this.#asked.delete(content.ref);
      clearTimeout(asked.timer);
      if (content.type === "error") asked.reject(new Error(translate(content.said, content.message)));
      else asked.resolve({ content, buffer });
    }
    this.#events.emit(content.type, content, buffer);
  };

  #online = () => {
    if (!this.online) this.#rejectAll();
    this.#events.emit("online");
  };

  #rejectAll() {
    for (const { reject, timer } of this.#asked.values()) {
      clearTimeout(timer);
      reject(new Error(text.offline));
    }
    this.#asked.clear();
  }
}
