import { useEffect, useId, useRef } from "preact/hooks";
import { text } from "../text/text.js";
import { CrossIcon } from "./icons.jsx";

/**
 * A window over the page; Escape, its button, or a click beside it closes it.
 * @param {{title: string, testid: string, wide?: boolean, onClose: () => void, children: import("preact").ComponentChildren}} props
 */
export function Dialog({ title, testid, wide = false, onClose, children }) {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const id = useId();
  useEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog ref={box} class={`dialog ${wide ? "is-wide" : ""}`} data-testid={testid} aria-labelledby={id} onClose={onClose} onClick={(event) => { if (event.target === box.current) onClose(); }}>
      <div class="dialog-box">
        <header class="dialog-head">
          <h2 id={id}>{title}</h2>
          <button type="button" class="button quiet square" data-testid="dialog-close" aria-label={text.close} title={text.close} onClick={onClose}><CrossIcon /></button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
