import { useEffect, useRef } from "preact/hooks";

/**
 * A button that unfolds something small over the page; Escape, or a click or the focus elsewhere, folds it again.
 * @param {{label: string, testid: string, icon: import("preact").ComponentChildren, children: import("preact").ComponentChildren, end?: boolean}} props
 * `end`: it grows to the left
 */
export function Popup({ label, testid, icon, children, end = false }) {
  const box = useRef(/** @type {HTMLDetailsElement | null} */ (null));
  useEffect(() => {
    const ended = new AbortController();
    const close = (/** @type {Event} */ event) => {
      if (box.current?.open && !event.composedPath().includes(box.current)) box.current.open = false;
    };
    for (const type of ["pointerdown", "focusin"]) document.addEventListener(type, close, { signal: ended.signal });
    return () => ended.abort();
  }, []);
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || !box.current?.open) return;
    event.stopPropagation();
    box.current.open = false;
    box.current.querySelector("summary")?.focus();
  };
  const chosen = (/** @type {Event} */ event) => {
    if (box.current && event.target instanceof Element && event.target.closest(".menu-item")) box.current.open = false;
  };
  return (
    <details ref={box} class={`popup ${end ? "is-end" : ""}`} onKeyDown={keys} onClick={chosen}>
      <summary class="button quiet square" data-testid={testid} aria-label={label} title={label}>{icon}</summary>
      <div class="popup-box">{children}</div>
    </details>
  );
}

/** @param {{testid?: string, disabled?: boolean, onClick: () => void, children: import("preact").ComponentChildren}} props */
export function MenuItem({ testid, disabled, onClick, children }) {
  return <button type="button" class="menu-item" data-testid={testid} disabled={disabled} onClick={onClick}>{children}</button>;
}

/** @param {{testid: string, checked: boolean, onChange: (checked: boolean) => void, children: import("preact").ComponentChildren}} props */
export function Switch({ testid, checked, onChange, children }) {
  return (
    <label class="switch">
      <input type="checkbox" role="switch" data-testid={testid} checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{children}</span>
    </label>
  );
}

/**
 * @template {string} T
 * @param {{testid: string, label: string, value: T, choices: Record<T, string>, onChange: (value: T) => void}} props
 */
export function Choice({ testid, label, value, choices, onChange }) {
  return (
    <label class="choice">
      <span>{label}</span>
      <select data-testid={testid} value={value} onChange={(event) => onChange(/** @type {T} */ (event.currentTarget.value))}>
        {Object.entries(choices).map(([one, words]) => <option key={one} value={one}>{/** @type {string} */ (words)}</option>)}
      </select>
    </label>
  );
}
