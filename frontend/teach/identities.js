/**
 * Which card is which: a class keeps its card and its colour when it gets another name or its neighbours go.
 * @typedef {{key: number, colour: number}} Identity
 */
export class Identities {
  /** @type {Map<string, Identity>} */
  #byLabel = new Map();
  #lastKey = 0;

  /** @param {string} label @returns {Identity | undefined} */
  get(label) {
    return this.#byLabel.get(label);
  }

  /** These labels are shown now: new ones get the first free colour, others are forgotten. @param {string[]} labels */
  show(labels) {
    const kept = new Map(labels.flatMap((label) => { const known = this.#byLabel.get(label); return known ? [[label, known]] : []; }));
    for (const label of labels) if (!kept.has(label)) kept.set(label, { key: ++this.#lastKey, colour: firstFree(kept) });
    this.#byLabel = kept;
  }

  /** Both names are good for it until the next `show`. @param {string} from @param {string} to */
  rename(from, to) {
    const identity = this.#byLabel.get(from);
    if (!identity) return;
    this.#byLabel.delete(to); // the newest name is the last
    this.#byLabel.set(to, identity);
  }

  /** The newest name of a card. @param {number} key @returns {string | undefined} */
  labelOf(key) {
    return [...this.#byLabel].filter(([, identity]) => identity.key === key).at(-1)?.[0];
  }
}

/** @param {Map<string, Identity>} taken */
function firstFree(taken) {
  const colours = new Set([...taken.values()].map(({ colour }) => colour));
  let colour = 0;
  while (colours.has(colour)) colour++;
  return colour;
}
