import { messageOf } from "../base/errors.js";
import { Store } from "../base/store.js";
import { text } from "../text/text.js";
import { Identities } from "./identities.js";
import { cleanName, freeName, nameProblem } from "./names.js";

/** @import {Client} from "../connection/client.js" */
/** @import {Outbox} from "../connection/outbox.js" */
/** @import {ClassState, Outgoing, State} from "../connection/types.js" */
/** @import {Toasts} from "../ui/toasts.js" */

/** @typedef {{url: string, label: string, example: string | null}} Fresh recorded here, not in the `state` yet */
/** @typedef {ClassState & {key: number, colour: number, waiting: number}} ShownClass */
/**
 * @typedef {object} TeachState
 * @property {State | null} state what Python said last: the truth
 * @property {string[]} drafts classes offered by the page on an empty dataset; Python learns of them when they are used
 * @property {Record<string, number>} waiting pictures on their way, by label
 * @property {Record<string, number>} saved counts newer than `state`
 * @property {Fresh[]} fresh newest first
 * @property {string | null} focus the class whose name is to be typed now
 */

/** The classes, and what a person does to them. */
export class Teach {
  /** @type {Store<TeachState>} */
  store = new Store({ state: null, drafts: [], waiting: {}, saved: {}, fresh: [], focus: null });
  #parts;
  #ids = new Identities();
  #draftsUsed = false;
  /** names that Python was asked for, and has not told of yet */
  #asked = new Set();
  /** @type {Map<string, Promise<unknown>>} */
  #committing = new Map();

  /** @param {{client: Client, outbox: Outbox, toasts: Toasts, page: boolean}} parts */
  constructor(parts) {
    this.#parts = parts;
    parts.client.listen("state", this.#receive);
  }

  /** The cards, in order. @returns {ShownClass[]} */
  get classes() {
    const { state, drafts, waiting, saved } = this.store.value;
    const all = [...(state?.classes ?? []), ...drafts.map((label) => ({ label, count: 0, examples: [] }))];
    return all.map((one) => {
      const { key, colour } = this.#ids.get(one.label) ?? { key: 0, colour: -1 };
      const out = waiting[one.label] ?? 0;
      return { ...one, key, colour, waiting: out, count: (saved[one.label] ?? one.count) + out };
    });
  }

  get labels() {
    return this.classes.map(({ label }) => label);
  }

  /** How many classes have pictures, and are learned. */
  get taught() {
    return this.classes.filter(({ count, enabled }) => count > 0 && enabled !== false).length;
  }

  /** @param {number} key of a card @returns {string | null} the class's name now; null: it is gone */
  labelOf(key) {
    return this.classes.find((one) => one.key === key)?.label ?? null;
  }

  /** The name under which Python is told of new pictures: also one that was given a moment ago. @param {number} key of a card */
  newestLabelOf(key) {
    return this.#ids.labelOf(key);
  }

  /** @param {string} label @returns {number} -1 if there is no such class */
  colour(label) {
    return this.#ids.get(label)?.colour ?? -1;
  }

  async addClass() {
    await Promise.all(this.store.value.drafts.map((draft) => this.commitDrafts(draft)));
    const label = freeName(this.labels);
    this.store.update({ focus: label });
    await this.ask({ type: "add_class", label });
    return label;
  }

  /** @param {string} from @param {string} typed @returns {string | null} what is wrong with it, as far as the page can tell */
  nameProblem(from, typed) {
    const to = cleanName(typed);
    return to === from ? null : nameProblem(to, this.labels.filter((label) => label !== from));
  }

  /**
   * @param {string} from @param {string} typed
   * @param {(why: string) => void} refused called with what is wrong with the name
   * @returns {Promise<string>} the name that it has then
   */
  async rename(from, typed, refused) {
    const to = cleanName(typed);
    if (to === from) return from;
    const problem = this.nameProblem(from, typed);
    if (problem) {
      refused(problem);
      return from;
    }
    const { drafts } = this.store.value;
    this.#ids.rename(from, to);
    if (drafts.includes(from) && !this.#committing.has(from)) {
      this.#draftsUsed = true;
      this.#show({ drafts: drafts.map((draft) => (draft === from ? to : draft)) });
      return to;
    }
    await this.#committing.get(from);
    this.#relabel(from, to);
    this.#asked.add(to);
    const done = await this.ask({ type: "rename_class", label: from, to }, (why) => refused(messageOf(why)));
    this.#asked.delete(to);
    if (done) return to;
    this.#relabel(to, from);
    return from;
  }

  /** @param {string} label */
  async remove(label) {
    const { drafts } = this.store.value;
    if (drafts.includes(label) && !this.#committing.has(label)) return this.#show({ drafts: drafts.filter((draft) => draft !== label) });
    this.#parts.outbox.drop(label);
    await this.change({ type: "remove_class", label }, text.removed(label));
  }

  undo() {
    return this.ask({ type: "undo" });
  }

  redo() {
    return this.ask({ type: "redo" });
  }

  /** @param {string} label @param {boolean} enabled false: its pictures stay, but are not learned */
  enable(label, enabled) {
    return this.ask({ type: "enable_class", label, enabled });
  }

  /** @param {string} label @param {number} to its new place */
  async order(label, to) {
    const labels = this.labels.filter((other) => other !== label);
    labels.splice(to, 0, label);
    const draft = this.store.value.drafts.at(-1);
    if (draft) await this.commitDrafts(draft); // Python orders what it knows
    await this.ask({ type: "order_classes", labels });
  }

  /** Something that can be undone, which is offered when it is done. @param {Outgoing} content @param {string} message */
  async change(content, message) {
    const done = await this.ask(content);
    if (done) this.offerUndo(message);
    return done;
  }

  /** @param {string} message about what was done last */
  offerUndo(message) {
    this.#parts.toasts.notice(message, { label: text.undo, run: () => void this.undo() });
  }

  /** Tells Python about the drafts up to this one, so that the order stays. @param {string} label */
  async commitDrafts(label) {
    const { drafts } = this.store.value;
    this.#draftsUsed ||= drafts.includes(label);
    for (const draft of drafts.slice(0, drafts.indexOf(label) + 1)) {
      // a refused name is refused again, and then said, when the first picture is added
      const asked = this.#committing.get(draft) ?? this.#parts.client.request({ type: "add_class", label: draft }).catch(() => { this.#committing.delete(draft); });
      this.#committing.set(draft, asked);
      await asked;
    }
  }

  /** @param {string} from @param {string} to */
  #relabel(from, to) {
    this.#ids.rename(from, to);
    this.#parts.outbox.relabel(from, to);
    for (const fresh of this.store.value.fresh) if (fresh.label === from) fresh.label = to;
  }

  /** @param {Outgoing} content @param {(why: unknown) => void} [refused] says why, else a toast does @returns {Promise<boolean>} done? */
  async ask(content, refused = (why) => this.#parts.toasts.error(why)) {
    this.#parts.toasts.clearNotices();
    try {
      await this.#parts.client.request(content);
      return true;
    } catch (why) {
      refused(why);
      return false;
    }
  }

  #receive = (/** @type {State} */ state) => {
    const first = this.store.value.state === null;
    const labels = new Set(state.classes.map(({ label }) => label));
    let { drafts, fresh, focus } = this.store.value;
    if (first && !labels.size) {
      drafts = [freeName([]), freeName([""])];
      if (this.#parts.page) focus = drafts[0]; // in a notebook the cell keeps the focus
    }
    if (labels.size && !this.#draftsUsed) drafts = []; // somebody taught on another page
    for (const label of labels) this.#committing.delete(label);
    drafts = drafts.filter((draft) => !labels.has(draft));
    fresh = fresh.filter(({ example }) => example === null);
    this.#show({ state, drafts, fresh, focus, saved: {} });
  };

  /** @param {Partial<TeachState>} patch */
  #show(patch) {
    const { state, drafts } = { ...this.store.value, ...patch };
    this.#ids.show([...(state?.classes.map(({ label }) => label) ?? []), ...drafts, ...this.#asked]);
    this.store.update(patch);
  }
}
