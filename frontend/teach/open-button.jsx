import { useRef } from "preact/hooks";
import { text } from "../text/text.js";
import { useApp } from "../ui/app-context.js";
import { OpenIcon } from "../ui/icons.jsx";
import { MenuItem, Popup } from "../ui/popup.jsx";
import { chosenFiles } from "./dropped.js";

const PROJECTS = ".zip,.tm,application/zip,application/octet-stream"; // the last for phones, which know no .tm

/** Pictures that somebody has already: a zip, a project, or a folder of class folders. */
export function OpenButton() {
  const project = useRef(/** @type {HTMLInputElement | null} */ (null));
  const folder = useRef(/** @type {HTMLInputElement | null} */ (null));
  return (
    <div class="open">
      <Popup label={text.open} testid="open" word={text.openShort} icon={<OpenIcon />}>
        <MenuItem testid="open-project" onClick={() => project.current?.click()}>{text.openProject}</MenuItem>
        <MenuItem testid="open-folder" onClick={() => folder.current?.click()}>{text.openFolder}</MenuItem>
      </Popup>
      <Chooser input={project} testid="project-files" accept={PROJECTS} multiple />
      <Chooser input={folder} testid="folder-files" webkitdirectory />
    </div>
  );
}

/** @param {{input: {current: HTMLInputElement | null}, testid: string, accept?: string, multiple?: boolean, webkitdirectory?: boolean}} props */
function Chooser({ input, testid, ...which }) {
  const { files } = useApp();
  const chosen = (/** @type {Event & {currentTarget: HTMLInputElement}} */ event) => {
    const found = [...(event.currentTarget.files ?? [])];
    event.currentTarget.value = ""; // the same file may be chosen again
    if (found.length) void files.add(chosenFiles(found), null);
  };
  return <input ref={input} type="file" hidden tabIndex={-1} data-testid={testid} onChange={chosen} {...which} />;
}
