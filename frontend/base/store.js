import { useEffect, useRef, useState } from "preact/hooks";

/** A value that can be watched. @template {object} T */
export class Store {
  #value;
  /** @type {Set<() => void>} */
  #watchers = new Set();

  /** @param {T} value */
  constructor(value) {
    this.#value = value;
  }

  get value() {
    return this.#value;
  }

  /** @param {Partial<T>} patch */
  update(patch) {
    this.#value = { ...this.#value, ...patch };
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** @param {() => void} watcher @returns {() => void} ends it */
  watch(watcher) {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}

/**
 * The part of a store that a component shows; it renders again only when that part changes.
 * @template {object} T @template S
 * @param {Store<T>} store @param {(value: T) => S} select
 * @returns {S}
 */
export function useStore(store, select) {
  const selected = select(store.value);
  const latest = useRef({ select, selected });
  latest.current = { select, selected };
  const [, redraw] = useState(/** @type {unknown} */ (null));
  useEffect(() => {
    const look = () => {
      const { select, selected } = latest.current;
      if (!Object.is(select(store.value), selected)) redraw({});
    };
    look(); // something may have changed between drawing and now
    return store.watch(look);
  }, [store]);
  return selected;
}
