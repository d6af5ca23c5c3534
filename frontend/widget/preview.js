import { inEditor, words } from "./words.js";

/** @import {Session} from "./session.js" */

/** The live picture, or why there is none, and the switch. */
export class Preview {
  element = part("div", "showtell-camera");
  #session;
  #video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, autoplay: true });
  #message = part("p", "showtell-message");
  #button = button(() => this.#toggle());

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
    this.#message.setAttribute("role", "status");
    this.element.append(this.#video, this.#message, this.#button);
  }

  draw() {
    const { status, stream, mirrored } = this.#session;
    this.element.dataset.status = status;
    this.#video.hidden = status !== "on";
    this.#video.classList.toggle("showtell-mirrored", mirrored);
    if (this.#video.srcObject !== stream) this.#video.srcObject = stream;
    this.#message.textContent = sentence(status);
    this.#message.hidden = status === "on";
    this.#button.textContent = status === "on" ? words().off : words().on;
    this.#button.hidden = status === "starting";
  }

  /** @param {string} message */
  warn(message) {
    this.#message.textContent = message;
    this.#message.hidden = false;
  }

  #toggle() {
    if (this.#session.status === "on") this.#session.stop();
    else void this.#session.start();
  }
}

/** @param {import("./session.js").Status} status */
function sentence(status) {
  if (status === "on") return "";
  if (status === "off") return words().isOff;
  if (status === "starting") return words().starting;
  return (status === "refused" || status === "insecure") && inEditor() ? words().editor : words().problems[status];
}

/** @param {() => void} [click] */
export function button(click) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "showtell-button" });
  if (click) made.addEventListener("click", click);
  return made;
}

/** @param {string} tag @param {string} name @returns {HTMLElement} */
export function part(tag, name) {
  return Object.assign(document.createElement(tag), { className: name });
}
