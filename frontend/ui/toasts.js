import { messageOf } from "../base/errors.js";
import { Store } from "../base/store.js";

/** @typedef {{id: number, kind: "error" | "notice", message: string, action?: {label: string, run: () => void}}} Toast */

const SHOWN_MS = 9000;
const MAX_TOASTS = 4;

/** Short messages that go away by themselves. */
export class Toasts {
  state = new Store({ list: /** @type {Toast[]} */ ([]) });
  #lastId = 0;

  /** @param {unknown} why something thrown, or a message */
  error(why) {
    if (why instanceof DOMException && why.name === "AbortError") return; // somebody wanted it so
    this.#add({ kind: "error", message: messageOf(why) });
  }

  /** @param {string} message @param {Toast["action"]} [action] */
  notice(message, action) {
    this.#add({ kind: "notice", message, action });
  }

  /** @param {number} id */
  dismiss(id) {
    this.state.update({ list: this.state.value.list.filter((toast) => toast.id !== id) });
  }

  /** What a notice offers to undo was the last thing done; once something else is done, it would undo that. */
  clearNotices() {
    if (this.state.value.list.length) this.state.update({ list: this.state.value.list.filter(({ kind }) => kind === "error") });
  }

  /** @param {Omit<Toast, "id">} toast */
  #add(toast) {
    const id = ++this.#lastId;
    const others = this.state.value.list.filter(({ message, kind }) => message !== toast.message && (kind === "error" || toast.kind === "error"));
    this.state.update({ list: [...others, { ...toast, id }].slice(-MAX_TOASTS) });
    setTimeout(() => this.dismiss(id), SHOWN_MS);
  }
}
