/** A name for a burst or a batch: unlike any other on any page of this computer, also where crypto.randomUUID is not allowed. */
export function unique() {
  const random = crypto.getRandomValues(new Uint32Array(2));
  return Date.now().toString(36) + "-" + [...random].map((part) => part.toString(36)).join("");
}
