import { useId, useRef } from "preact/hooks";

const GAP_PX = 6;
const EDGE_PX = 8; // kept free of it around the page

/**
 * A button that unfolds something small over the page; Escape, or a click elsewhere, folds it again.
 * @param {{label: string, testid: string, icon: import("preact").ComponentChildren, word?: string, children: import("preact").ComponentChildren}} props `word`: beside the icon, where there is room
 */
export function Popup({ label, testid, icon, word, children }) {
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const id = useId();
  const place = (/** @type {{newState: string}} */ { newState }) => {
    if (newState !== "open" || !button.current || !box.current) return;
    const { right, top, bottom } = button.current.getBoundingClientRect();
    const { offsetWidth, offsetHeight, style } = box.current;
    const below = bottom + GAP_PX;
    const y = below + offsetHeight < innerHeight ? below : top - GAP_PX - offsetHeight;
    style.left = `${Math.max(EDGE_PX, right - offsetWidth)}px`;
    style.top = `${Math.max(EDGE_PX, y)}px`;
    style.visibility = "visible";
  };
  const hide = (/** @type {{newState: string}} */ { newState }) => {
    if (newState === "open" && box.current) box.current.style.visibility = "hidden"; // until it has its place
  };
  const chosen = (/** @type {Event} */ { target }) => {
    if (target instanceof Element && target.closest(".menu-item")) box.current?.hidePopover();
  };
  return (
    <>
      <button ref={button} type="button" class={`button quiet ${word ? "has-word" : "square"}`} data-testid={testid} popovertarget={id} aria-label={label} title={label}>{icon}{word && <span class="button-text">{word}</span>}</button>
      <div ref={box} id={id} class="popup" popover="auto" role="group" aria-label={label} onBeforeToggle={hide} onToggle={place} onClick={chosen}>{children}</div>
    </>
  );
}

/** A line of a popup that is a menu. @param {{testid?: string, disabled?: boolean, onClick: () => void, children: import("preact").ComponentChildren}} props */
export function MenuItem({ testid, disabled, onClick, children }) {
  return <button type="button" class="menu-item" data-testid={testid} disabled={disabled} onClick={onClick}>{children}</button>;
}

/** On or off. @param {{testid: string, checked: boolean, onChange: (checked: boolean) => void, children: import("preact").ComponentChildren}} props */
export function Switch({ testid, checked, onChange, children }) {
  return (
    <label class="switch">
      <input type="checkbox" role="switch" data-testid={testid} checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{children}</span>
    </label>
  );
}

/**
 * One of a few.
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
