import { messageOf } from "../base/errors.js";
import { Store } from "../base/store.js";
import { Grabber, LIVE_FRAME } from "../camera/grabber.js";
import { kindOf } from "../teach/dropped.js";
import { text } from "../text/text.js";

/** @import {Client} from "../connection/client.js" */
/** @import {Answer} from "../connection/types.js" */
/** @import {Toasts} from "../ui/toasts.js" */
/**
 * @typedef {object} TestState
 * @property {string | null} url of the file
 * @property {boolean} video
 * @property {string} name
 * @property {boolean} busy no answer yet
 * @property {Answer | null} answer
 */

/** @type {TestState} */
const NOTHING = { url: null, video: false, name: "", busy: false, answer: null };
const EVERY_MS = 150;

/** Asks about a picture file, or about a video while it plays; needs no camera. */
export class Tester {
  state = new Store(NOTHING);
  #client;
  #toasts;
  #turn = 0;

  /** @param {Client} client @param {Toasts} toasts */
  constructor(client, toasts) {
    this.#client = client;
    this.#toasts = toasts;
  }

  /** @param {File} file */
  async test(file) {
    this.close();
    const turn = this.#turn;
    const video = kindOf(file) === "video";
    this.state.update({ url: URL.createObjectURL(file), video, name: file.name, busy: true });
    if (!video) await this.#ask(turn, await file.arrayBuffer());
  }

  /** The test's video is there: follow it. @param {HTMLVideoElement} video @returns {() => void} ends it */
  follow(video) {
    const turn = this.#turn;
    const grabber = new Grabber(video);
    let seen = -1;
    let looking = false;
    const timer = setInterval(async () => {
      if (looking || !grabber.ready || video.currentTime === seen || !this.#client.online) return;
      looking = true;
      seen = video.currentTime;
      await this.#ask(turn, await (await grabber.frame(LIVE_FRAME)).arrayBuffer());
      looking = false;
    }, EVERY_MS);
    return () => clearInterval(timer);
  }

  /** @param {string} name of a video that the browser cannot show */
  refuse(name) {
    this.close();
    this.#toasts.error(text.couldNotAdd(name, text.noVideo));
  }

  close() {
    this.#turn++;
    const { url } = this.state.value;
    if (url) URL.revokeObjectURL(url);
    this.state.update(NOTHING);
  }

  /** @param {number} turn @param {ArrayBuffer} picture */
  async #ask(turn, picture) {
    const { name } = this.state.value;
    try {
      const { content } = await this.#client.request({ type: "classify", name }, picture);
      if (turn === this.#turn && content.type === "answer") this.state.update({ answer: content, busy: false });
    } catch (why) {
      if (turn !== this.#turn) return;
      this.close();
      const message = messageOf(why);
      this.#toasts.error(message.includes(name) ? message : text.couldNotAdd(name, message));
    }
  }
}
