import { useRef, useState } from "preact/hooks";

/**
 * Files dropped on an element.
 * @param {(files: File[]) => void} onFiles
 */
export function useDrop(onFiles) {
  const [over, setOver] = useState(false);
  const depth = useRef(0); // entering a child comes before leaving its parent
  const enter = (/** @type {DragEvent} */ event, /** @type {number} */ step) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    depth.current += step;
    setOver(depth.current > 0);
  };
  const handlers = {
    onDragEnter: (/** @type {DragEvent} */ event) => enter(event, 1),
    onDragOver: (/** @type {DragEvent} */ event) => enter(event, 0),
    onDragLeave: (/** @type {DragEvent} */ event) => enter(event, -1),
    onDrop: (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      depth.current = 0;
      setOver(false);
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length) onFiles(files);
    },
  };
  return { over, handlers };
}
