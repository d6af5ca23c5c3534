import { median } from "../base/format.js";
import { Store } from "../base/store.js";
import { Grabber, LIVE_FRAME } from "../camera/grabber.js";
import { InFlight } from "../connection/inflight.js";
import { Steady } from "./steady.js";

/** @import {Camera} from "../camera/camera.js" */
/** @import {Client} from "../connection/client.js" */
/** @import {Answer} from "../connection/types.js" */
/** @import {Settings} from "../page/settings.js" */

/** @typedef {{answer: Answer | null, fps: number, ms: number}} LiveState fps and ms are NaN until known */
/** @typedef {{answers: {at: number, ms_on_screen: number}[], sent: number, skipped: number}} Stats */

const MAX_STATS = 2000; // answers
const STATS_EVERY_MS = 500;
const WINDOW_MS = 1500; // over which frames/s and ms are measured
const SILENT_MS = 15_000; // without an answer

/** Sends frames while somebody looks, at most two at a time, and keeps the newest answer. */
export class Live {
  /** @type {Store<LiveState>} */
  state = new Store({ answer: null, fps: NaN, ms: NaN });
  /** @type {Stats} */
  stats = { answers: [], sent: 0, skipped: 0 };
  #inFlight = new InFlight();
  #camera;
  #client;
  #grabber;
  #count = 0;
  #lastAnswer = 0;
  #lastStats = 0;
  #stopped = false;
  #steady = new Steady();
  #settings;
  /** @type {() => void} */
  #unwatch;

  /**
   * @param {Camera} camera
   * @param {Client} client
   * @param {Settings} settings
   * @param {{stopWhenSilent: () => boolean}} options a notebook's kernel may end without a word: turn the camera off then
   */
  constructor(camera, client, settings, { stopWhenSilent }) {
    this.#camera = camera;
    this.#client = client;
    this.#settings = settings;
    this.#grabber = new Grabber(camera.video);
    this.stopWhenSilent = stopWhenSilent;
    this.#unwatch = camera.state.watch(() => { if (!camera.on) this.#reset(); });
    client.listen("online", () => { if (!client.online) this.#reset(); });
    this.#next();
  }

  #reset() {
    this.#lastAnswer = 0;
    this.#steady.forget();
    if (this.state.value.answer) this.state.update({ answer: null, fps: NaN, ms: NaN });
  }

  close() {
    this.#stopped = true;
    this.#unwatch();
  }

  /** At the next new picture of the camera; a video without pictures calls nothing, hence the timer. */
  #next() {
    if (this.#stopped) return;
    const { video } = this.#camera;
    let done = false;
    const once = () => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      this.#tick();
      this.#next();
    };
    const timer = setTimeout(once, 250);
    if (this.#camera.on && video.requestVideoFrameCallback) video.requestVideoFrameCallback(once);
    else if (this.#camera.on) requestAnimationFrame(once);
  }

  #tick() {
    const now = performance.now();
    if (!this.#camera.on || !this.#client.online || document.hidden || !this.#grabber.ready) {
      this.#lastAnswer = 0;
      return;
    }
    this.#lastAnswer ||= now;
    if (now - this.#lastAnswer > SILENT_MS && this.stopWhenSilent()) this.#camera.stop("silent");
    else if (this.#inFlight.room(now)) void this.#shoot(now);
    if (now - this.#lastStats > STATS_EVERY_MS) this.#measure(now);
  }

  /** @param {number} captured when, in ms of performance.now() */
  async #shoot(captured) {
    const id = ++this.#count;
    this.#inFlight.begin(id, captured);
    try {
      const blob = await this.#grabber.frame(LIVE_FRAME);
      const bytes = await blob.arrayBuffer();
      this.stats.sent++;
      const { content } = await this.#client.request({ type: "frame" }, bytes, this.#inFlight.timeout_ms);
      this.#lastAnswer = performance.now();
      if (content.type === "skipped") this.stats.skipped++;
      if (content.type === "answer" && this.#camera.on && this.#inFlight.show(id)) this.#show(content, captured);
    } catch {
      // no answer in time, or the connection broke: the banner says so, the next frame tries again
    } finally {
      this.#inFlight.end(id);
    }
  }

  /** @param {Answer} answer @param {number} captured */
  #show(answer, captured) {
    this.state.update({ answer: this.#steady.next(answer, performance.now(), this.#settings.value.steady) });
    afterPaint(() => {
      const at = performance.now();
      this.stats.answers.push({ at, ms_on_screen: at - captured });
      if (this.stats.answers.length > MAX_STATS) this.stats.answers.shift();
    });
  }

  /** @param {number} now */
  #measure(now) {
    this.#lastStats = now;
    const recent = this.stats.answers.filter(({ at }) => now - at < WINDOW_MS);
    this.state.update({ fps: recent.length / (WINDOW_MS / 1000), ms: median(recent.map(({ ms_on_screen }) => ms_on_screen)) });
  }
}

/** Right after the browser has put on the screen what was changed now. @param {() => void} call */
function afterPaint(call) {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { port1.close(); call(); };
    port2.postMessage(null);
  });
}
