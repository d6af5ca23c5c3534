import { chosenLanguage } from "../text/language.js";

/** @import {CameraProblem} from "../camera/user-media.js" */

/** Every word of the widgets for a notebook, in one place; the page's own are in ../text/. */
const english = {
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
    scrambled: "This browser changes the colours of every picture to protect your privacy (Firefox: privacy.resistFingerprinting). Allow this page to read the canvas (the picture icon next to the address), or use another browser.",
    failed: "The camera did not start. Try again.",
  },
  editor: "VS Code gives notebooks no camera. Open this notebook in a browser (run “jupyter lab”), or use st.Studio(…), which has a link to a page with a camera.",
  studioEditor: "VS Code gives notebooks no camera, but a browser does.",
  studioRefused: "If the notebook may not use the camera, the page may.",
  openPage: "Open this studio as a page, on the computer where Python runs",
};

/** @type {typeof english} */
const german = {
  on: "Kamera einschalten",
  off: "Kamera ausschalten",
  starting: "Die Kamera startet …",
  isOff: "Die Kamera ist aus.",
  take: "Ein Bild aufnehmen",
  takeOf: (label) => `Ein Bild von „${label}“ aufnehmen`,
  hold: "Gehalten nimmt der Knopf zehn in der Sekunde auf",
  taken: (count, waiting) => (waiting ? `${count}, davon ${waiting} unterwegs` : `${count}`),
  full: "Zu viele Bilder sind unterwegs zu Python; warte, bis es nachgekommen ist.",
  problems: {
    insecure: "Browser erlauben die Kamera nur über https oder auf demselben Computer: öffne das Notebook unter http://127.0.0.1 oder http://localhost, oder über https.",
    refused: "Die Kamera wurde nicht erlaubt. Erlaube sie für diese Seite (Kamera- oder Schlosssymbol neben der Adresse) und versuche es noch einmal.",
    absent: "Es wurde keine passende Kamera gefunden. Stecke eine ein, oder verlange in Camera(…) weniger, und versuche es noch einmal.",
    busy: "Ein anderes Programm hält die Kamera fest. Schließe Videoanrufe und Seiten, die sie benutzen, und versuche es noch einmal.",
    lost: "Die Kamera wurde ausgesteckt oder ausgeschaltet. Stecke sie ein und versuche es noch einmal.",
    silent: "Python antwortet nicht, darum wurde die Kamera ausgeschaltet. Mit der nächsten Antwort geht sie wieder an; nach einem Neustart führe die Zelle noch einmal aus.",
    scrambled: "Dieser Browser verändert zum Schutz der Privatsphäre die Farben jedes Bildes (Firefox: privacy.resistFingerprinting). Erlaube dieser Seite, Canvas-Bilder zu lesen (Bildsymbol neben der Adresse), oder nimm einen anderen Browser.",
    failed: "Die Kamera ist nicht gestartet. Versuche es noch einmal.",
  },
  editor: "VS Code gibt Notebooks keine Kamera. Öffne dieses Notebook im Browser (mit „jupyter lab“), oder nimm st.Studio(…): dort ist ein Link zu einer Seite mit Kamera.",
  studioEditor: "VS Code gibt Notebooks keine Kamera, ein Browser aber schon.",
  studioRefused: "Wenn das Notebook die Kamera nicht benutzen darf, darf es vielleicht die Seite.",
  openPage: "Dieses Studio als Seite öffnen, auf dem Computer, auf dem Python läuft",
};

/** @type {Record<string, typeof english>} */
export const WORDS = { en: english, de: german };

/** Those of the language that is chosen now; a studio in another cell may choose another. */
export const words = () => WORDS[chosenLanguage()];

/** VS Code shows what a cell puts out in a frame that may never use the camera. */
export const inEditor = () => location.protocol === "vscode-webview:" || /\bElectron\//.test(navigator.userAgent);
