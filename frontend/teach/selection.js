import { Store } from "../base/store.js";
import { text } from "../text/text.js";

/** @import {Teach} from "./teach.js" */

/** The pictures that are chosen, to be moved or removed together. */
export class Selection {
  store = new Store({ examples: /** @type {ReadonlySet<string>} */ (new Set()) });
  /** where a range begins */
  #anchor = "";
  #teach;

  /** @param {Teach} teach */
  constructor(teach) {
    this.#teach = teach;
  }

  /** @param {string} example */
  has(example) {
    return this.store.value.examples.has(example);
  }

  get list() {
    return [...this.store.value.examples];
  }

  /**
   * One picture was clicked: it is taken in or left out; with Shift, all from the last one to this.
   * @param {string} example @param {boolean} range @param {(string | null | undefined)[]} row all of its row, in order
   */
  click(example, range, row) {
    const examples = new Set(this.store.value.examples);
    const [from, to] = [row.indexOf(this.#anchor), row.indexOf(example)].sort((a, b) => a - b);
    if (range && from >= 0) for (const one of row.slice(from, to + 1)) { if (one) examples.add(one); }
    else if (!examples.delete(example)) examples.add(example);
    if (!range) this.#anchor = example;
    this.store.update({ examples });
  }

  /** @param {(string | null | undefined)[]} row */
  addAll(row) {
    this.store.update({ examples: new Set([...this.list, ...row.flatMap((example) => example ?? [])]) });
  }

  clear() {
    if (this.store.value.examples.size) this.store.update({ examples: new Set() });
  }

  /** What an action on this picture is about: all chosen ones, or it alone. @param {string} example */
  targets(example) {
    return this.has(example) ? this.list : [example];
  }

  /** @param {string} to a label @param {string[]} [examples] */
  async move(to, examples = this.list) {
    if (await this.#teach.change({ type: "move_examples", examples, to }, text.movedPictures(examples.length, to))) this.#forget(examples);
  }

  /** @param {string[]} [examples] */
  async remove(examples = this.list) {
    if (await this.#teach.change({ type: "remove_examples", examples }, text.removedPictures(examples.length))) this.#forget(examples);
  }

  /** @param {string[]} gone */
  #forget(gone) {
    const examples = new Set(this.store.value.examples);
    for (const example of gone) examples.delete(example);
    this.store.update({ examples });
  }
}
