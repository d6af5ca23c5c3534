import { Store } from "../base/store.js";
import { unique } from "../base/unique.js";
import { Grabber, RECORDED_FRAME } from "./grabber.js";

/** @import {Camera} from "./camera.js" */

const EVERY_MS = 100;
const COUNTDOWN = 3; // seconds

/** @typedef {{picture: Blob, thumb: Blob, burst: string}} Shot */

/** Takes about ten pictures a second for as long as somebody holds the button. */
export class Recorder {
  /** What is being recorded now, or will be in so many seconds; a class's key, since its name may change meanwhile. @type {Store<{key: number | null, count: number, countdown: number}>} */
  state = new Store({ key: null, count: 0, countdown: 0 });
  #camera;
  #grabber;
  #run = 0;

  /** @param {Camera} camera */
  constructor(camera) {
    this.#camera = camera;
    this.#grabber = new Grabber(camera.video);
  }

  /**
   * Takes one picture at once and goes on until `stop`.
   * @param {number} key of the class that is recorded
   * @param {(shot: Shot) => boolean} taken says whether to go on
   */
  async start(key, taken) {
    if (!this.#camera.on) return;
    const run = ++this.#run;
    const burst = unique();
    this.state.update({ key, count: 0, countdown: 0 });
    for (let next = performance.now(); run === this.#run && this.#camera.on; next += EVERY_MS) {
      if (this.#grabber.ready && !await this.#shoot(burst, taken)) break;
      const now = performance.now();
      next = Math.max(next, now - EVERY_MS); // after a hiccup don't catch up in a rush
      await new Promise((resolve) => setTimeout(resolve, next + EVERY_MS - now));
    }
    if (run === this.#run) this.stop();
  }

  stop() {
    this.#run++;
    if (this.state.value.key !== null) this.state.update({ key: null, count: 0, countdown: 0 });
  }

  /** @param {number} key @returns {Promise<boolean>} not stopped meanwhile? */
  async countDown(key) {
    if (!this.#camera.on) return false;
    const run = ++this.#run;
    for (let countdown = COUNTDOWN; countdown > 0 && run === this.#run; countdown--) {
      this.state.update({ key, count: 0, countdown });
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    return run === this.#run;
  }

  /** @param {string} burst @param {(shot: Shot) => boolean} taken */
  async #shoot(burst, taken) {
    const [picture, thumb] = await Promise.all([this.#grabber.frame(RECORDED_FRAME), this.#grabber.thumb()]);
    this.state.update({ count: this.state.value.count + 1 });
    return taken({ picture, thumb, burst });
  }
}
