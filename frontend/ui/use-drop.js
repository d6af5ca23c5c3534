import { useRef, useState } from "preact/hooks";

/**
 * Things dragged onto an element.
 * @param {(transfer: DataTransfer) => void} onDrop
 * @param {string[]} [types] of what may be dropped; "Files" are files from outside
 */
export function useDrop(onDrop, types = ["Files"]) {
  const [over, setOver] = useState(false);
  const depth = useRef(0); // entering a child comes before leaving its parent
  const meant = (/** @type {DragEvent} */ { dataTransfer }) => types.some((type) => dataTransfer?.types.includes(type));
  const enter = (/** @type {DragEvent} */ event, /** @type {number} */ step) => {
    if (!meant(event)) return;
    event.preventDefault();
    depth.current += step;
    setOver(depth.current > 0);
  };
  const handlers = {
    onDragEnter: (/** @type {DragEvent} */ event) => enter(event, 1),
    onDragOver: (/** @type {DragEvent} */ event) => enter(event, 0),
    onDragLeave: (/** @type {DragEvent} */ event) => enter(event, -1),
    onDrop: (/** @type {DragEvent} */ event) => {
      depth.current = 0;
      setOver(false);
      if (!meant(event) || !event.dataTransfer) return;
      event.preventDefault();
      event.stopPropagation(); // what is dropped here is not for the page around it
      onDrop(event.dataTransfer);
    },
  };
  return { over, handlers };
}
