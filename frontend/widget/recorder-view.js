import { unique } from "../base/unique.js";
import { RECORDED_FRAME } from "../camera/grabber.js";
import { button, part } from "./preview.js";
import { words } from "./words.js";

/** @import {Model} from "../connection/types.js" */
/** @import {Session} from "./session.js" */

const EVERY_MS = 100;
const HOLD_MS = 350; // shorter is a click: one picture
const MAX_WAITING = 300;
const FULL_FRAME = { ...RECORDED_FRAME, minSide: 1, maxSide: Infinity };

/** The button that takes one picture, or a burst while it is held, by mouse, finger or key. */
export class RecorderView {
  element = part("div", "showtell-recorder");
  #model;
  #session;
  #button = button();
  #count = part("span", "showtell-count");
  #message = part("p", "showtell-message");
  #taken = 0;
  #waiting = 0;
  #run = 0;

  /** @param {Model} model @param {Session} session @param {AbortSignal} signal ends it */
  constructor(model, session, signal) {
    this.#model = model;
    this.#session = session;
    this.#button.title = words().hold;
    this.#count.setAttribute("role", "status");
    this.element.append(this.#button, this.#count, this.#message);
    /** @param {string} type @param {(event: any) => void} handler @param {EventTarget} [target] */
    const on = (type, handler, target = this.#button) => target.addEventListener(type, handler, { signal });
    const end = () => { this.#run++; };
    on("pointerdown", (/** @type {PointerEvent} */ event) => { if (event.button === 0) void this.#press(); });
    for (const type of ["pointerup", "pointercancel", "blur"]) on(type, end, window);
    on("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault(); // otherwise the notebook scrolls
      event.stopPropagation();
      if (!event.repeat) void this.#press();
    });
    on("keyup", end);
    on("blur", end);
    on("contextmenu", (event) => event.preventDefault()); // a long touch
    const labelled = () => this.draw();
    model.on("change:label", labelled);
    signal.addEventListener("abort", () => { end(); model.off("change:label", labelled); });
  }

  draw() {
    const label = this.#model.get("label");
    this.#button.textContent = label ? words().takeOf(label) : words().take;
    this.#button.disabled = this.#session.status !== "on";
    this.#count.textContent = this.#taken ? words().taken(this.#taken, this.#waiting) : "";
  }

  /** @param {string} message */
  warn(message) {
    this.#message.textContent = message;
  }

  async #press() {
    if (this.#session.status !== "on") return;
    const run = ++this.#run;
    const label = this.#model.get("label");
    const burst = unique();
    this.warn("");
    const first = await this.#session.grabber.frame(FULL_FRAME);
    await new Promise((resolve) => setTimeout(resolve, HOLD_MS));
    const held = run === this.#run;
    await this.#take(first, label, held ? burst : null);
    for (let next = performance.now(); run === this.#run && this.#session.status === "on"; next += EVERY_MS) {
      if (this.#waiting >= MAX_WAITING) return this.warn(words().full);
      await this.#take(await this.#session.grabber.frame(FULL_FRAME), label, burst);
      const now = performance.now();
      next = Math.max(next, now - EVERY_MS);
      await new Promise((resolve) => setTimeout(resolve, next + EVERY_MS - now));
    }
  }

  /** @param {Blob} picture @param {string | null} label @param {string | null} burst */
  async #take(picture, label, burst) {
    this.#taken++;
    this.#waiting++;
    this.draw();
    const seen = () => { this.#waiting--; this.draw(); };
    try {
      this.#session.send(this.#model, { type: "shot", label, burst }, await picture.arrayBuffer(), seen);
    } catch (error) {
      this.warn(String(error)); // the kernel is gone
    }
  }
}
