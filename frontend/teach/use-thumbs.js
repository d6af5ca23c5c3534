import { useEffect, useState } from "preact/hooks";
import { useApp } from "../ui/app-context.js";

/**
 * Addresses of thumbnails; those that are missing come later.
 * @param {string[]} examples
 * @returns {(example: string) => string | undefined}
 */
export function useThumbs(examples) {
  const { thumbs } = useApp();
  const [, redraw] = useState(/** @type {unknown} */ (null));
  useEffect(() => thumbs.watch(() => redraw({})), [thumbs]);
  useEffect(() => thumbs.want(examples), [examples.join("\n")]);
  return (example) => thumbs.get(example);
}
