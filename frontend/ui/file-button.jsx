import { useRef } from "preact/hooks";
import { PictureIcon } from "./icons.jsx";

const ACCEPTED = "image/*,video/*,.zip,.tm";

/** Opens the browser's dialog for files. @param {{testid: string, title?: string, accept?: string, multiple?: boolean, onFiles: (files: File[]) => void, children: import("preact").ComponentChildren}} props */
export function FileButton({ testid, title, accept = ACCEPTED, multiple = false, onFiles, children }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const chosen = (/** @type {Event & {currentTarget: HTMLInputElement}} */ event) => {
    const files = [...(event.currentTarget.files ?? [])];
    event.currentTarget.value = ""; // the same file may be chosen again
    if (files.length) onFiles(files);
  };
  return (
    <>
      <button type="button" class="button" title={title} onClick={() => input.current?.click()}><PictureIcon /><span class="button-text">{children}</span></button>
      <input ref={input} type="file" class="file-input" hidden accept={accept} multiple={multiple} tabIndex={-1} data-testid={testid} onChange={chosen} />
    </>
  );
}
