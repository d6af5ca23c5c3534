/** @import {CameraProblem} from "../types.js" */

/** Every word of the widgets for a notebook, in one place. */
export const words = {
  on: "Turn the camera on",
  off: "Turn the camera off",
  starting: "Starting the camera…",
  isOff: "The camera is off.",
  take: "Take a picture",
  takeOf: (/** @type {string} */ label) => `Take a picture of “${label}”`,
  hold: "Hold it for ten a second",
  taken: (/** @type {number} */ count, /** @type {number} */ waiting) => (waiting ? `${count}, ${waiting} on the way` : `${count}`),
  full: "Too many pictures are on their way to Python; wait until it has caught up.",
  /** @type {Record<CameraProblem, string>} */
  problems: {
    insecure: "Browsers allow the camera only on https or on this same computer: open the notebook under http://127.0.0.1 or http://localhost, or over https.",
    refused: "The camera was not allowed. Allow it for this page (the camera or lock icon next to the address), then try again.",
    absent: "No camera was found that fits. Plug one in, or ask for less in Camera(…), then try again.",
    busy: "Another program holds the camera. Close video calls and pages that use it, then try again.",
    lost: "The camera was unplugged or switched off. Plug it in, then try again.",
    silent: "Python is not answering, so the camera was turned off. It comes back with Python's next answer; after a restart, run the cell again.",
    failed: "The camera did not start. Try again.",
  },
  editor: "VS Code gives notebooks no camera. Open this notebook in a browser (run “jupyter lab”), or use st.Studio(…), which has a link to a page with a camera.",
  studioEditor: "VS Code gives notebooks no camera, but a browser does.",
  studioRefused: "If the notebook may not use the camera, the page may.",
  openPage: "Open this studio as a page, on the computer where Python runs",
};

/** VS Code shows what a cell puts out in a frame that may never use the camera. */
export const inEditor = () => location.protocol === "vscode-webview:" || /\bElectron\//.test(navigator.userAgent);
