import { Store } from "./store.js";
import { text } from "./text.js";

/** @import {Answer} from "./types.js" */
/** @import {Client} from "./client.js" */
/** @import {Toasts} from "./toasts.js" */
/** @typedef {{url: string | null, name: string, busy: boolean, answer: Answer | null}} TestState */

/** Asks about one picture file; needs no camera. */
export class Tester {
  /** @type {Store<TestState>} */
  state = new Store({ url: null, name: "", busy: false, answer: null });
  #client;
  #toasts;
  #turn = 0;

  /** @param {Client} client @param {Toasts} toasts */
  constructor(client, toasts) {
    this.#client = client;
    this.#toasts = toasts;
  }

  /** @param {File} file */
  async test(file) {
    this.close();
    const turn = this.#turn;
    this.state.update({ url: URL.createObjectURL(file), name: file.name, busy: true });
    try {
      const { content } = await this.#client.request({ type: "classify", name: file.name }, await file.arrayBuffer());
      if (turn === this.#turn && content.type === "answer") this.state.update({ answer: content, busy: false });
    } catch (why) {
      if (turn === this.#turn) this.close();
      const message = why instanceof Error ? why.message : String(why);
      this.#toasts.error(message.includes(file.name) ? message : text.couldNotAdd(file.name, message));
    }
  }

  close() {
    this.#turn++;
    const { url } = this.state.value;
    if (url) URL.revokeObjectURL(url);
    this.state.update({ url: null, name: "", busy: false, answer: null });
  }
}
