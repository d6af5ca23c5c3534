/** @import {Client} from "../connection/client.js" */

const PAGE = 200;

/** All pictures of one class, newest first, asked for in pages as they come into view. */
export class Album {
  /** @type {(string | undefined)[]} ids; what was not asked for yet is missing */
  examples = [];
  /** @type {Set<number>} */
  #asked = new Set();
  #client;
  #label;
  #changed;

  /** @param {Client} client @param {string} label @param {() => void} changed called when more is known */
  constructor(client, label, changed) {
    this.#client = client;
    this.#label = label;
    this.#changed = changed;
  }

  /** @param {number} first @param {number} end one after the last that is in view */
  want(first, end) {
    for (let page = Math.floor(first / PAGE); page * PAGE < end; page++) void this.#ask(page);
  }

  /** @param {number} page */
  async #ask(page) {
    if (this.#asked.has(page)) return;
    this.#asked.add(page);
    const from = page * PAGE;
    try {
      const { content } = await this.#client.request({ type: "examples", label: this.#label, from, count: PAGE });
      if (content.type !== "examples") return;
      for (const [place, example] of content.examples.entries()) this.examples[from + place] = example;
      this.#changed();
    } catch {
      this.#asked.delete(page); // the newest ones are there, and the next scroll asks again
    }
  }
}
