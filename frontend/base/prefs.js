/** What the page remembers between visits. A browser that forbids it (private mode, sandboxed frame) just forgets. */
const PREFIX = "showtell.";

/** @param {string} name @returns {string | null} */
export function remembered(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string} value */
export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // nothing to do: see above
  }
}
