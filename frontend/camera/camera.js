import { remember, remembered } from "../base/prefs.js";
import { Store } from "../base/store.js";
import { scrambles } from "./canvas.js";
import { mayBeAsking, openStream, problemOf, release } from "./user-media.js";

/** @import {CameraProblem} from "./user-media.js" */
/**
 * @typedef {object} CameraState
 * @property {"starting" | "asking" | "on" | "off" | "problem"} status asking: the browser waits for an answer
 * @property {CameraProblem | null} problem
 * @property {{id: string, label: string}[]} devices
 * @property {string} device id of the one in use
 * @property {string} size that is asked for, a key of SIZES
 * @property {boolean} mirror for display only
 * @property {number} aspect width / height
 */

/** What a camera is asked for; it gives what it has that is nearest. @type {Record<string, {width: number, height: number}>} */
export const SIZES = { "640 × 480": { width: 640, height: 480 }, "1280 × 720": { width: 1280, height: 720 }, "1920 × 1080": { width: 1920, height: 1080 } };
const MUTED_MS = 3000; // no pictures for that long: start it anew
const ASKING_MS = 2000; // without an answer: a question that was dismissed has none, ever
const RETRY_MS = 1000; // after it ended by itself: a computer that slept has its camera back by then

/** The webcam: one <video>, one track at a time. Everything is stopped by `close`. */
export class Camera {
  /** @type {Store<CameraState>} */
  state = new Store({ status: "off", problem: null, devices: [], device: "", size: sizeOf(remembered("size")), mirror: remembered("mirror") !== "no", aspect: 4 / 3 });
  video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, autoplay: true });
  #closed = new AbortController();
  /** @type {AbortController | null} of the running track's listeners */
  #running = null;
  #turn = 0;

  constructor() {
    const { signal } = this.#closed;
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.#devicesChanged(), { signal });
    this.video.addEventListener("resize", () => this.#measure(), { signal });
    window.addEventListener("pagehide", () => this.stop(), { signal });
    window.addEventListener("pageshow", (event) => { if (event.persisted) this.start(); }, { signal });
    document.addEventListener("visibilitychange", () => this.#visibilityChanged(), { signal });
  }

  get on() {
    return this.state.value.status === "on";
  }

  get #stream() {
    return this.video.srcObject instanceof MediaStream ? this.video.srcObject : null;
  }

  get #track() {
    return this.#stream?.getVideoTracks()[0];
  }

  /** @param {string} [device] id; without it the one used last, or any */
  start(device = remembered("camera") ?? "") {
    return this.#open(device ? { deviceId: { exact: device } } : {});
  }

  /** @param {string} device id */
  choose(device) {
    remember("camera", device);
    return this.start(device);
  }

  /** The other camera; of more than two, as phones have them, the one on the other side. */
  flip() {
    const { devices, device } = this.state.value;
    const facing = this.#track?.getSettings().facingMode;
    if (facing && devices.length > 2) return this.#open({ facingMode: { exact: facing === "environment" ? "user" : "environment" } });
    const next = devices[(devices.findIndex(({ id }) => id === device) + 1) % devices.length];
    return next && this.choose(next.id);
  }

  /** @param {string} size a key of SIZES */
  resize(size) {
    remember("size", size);
    this.state.update({ size });
    return this.on ? this.start(this.state.value.device) : undefined;
  }

  /** @param {boolean} mirror */
  setMirror(mirror) {
    remember("mirror", mirror ? "yes" : "no");
    this.state.update({ mirror });
  }

  /** @param {CameraProblem} [problem] why, if it was not the person's wish */
  stop(problem) {
    this.#turn++;
    this.#running?.abort();
    this.#running = null;
    release(this.#stream);
    this.video.srcObject = null;
    if (problem) this.#fail(problem);
    else this.state.update({ status: "off", problem: null });
  }

  close() {
    this.stop();
    this.#closed.abort();
  }

  /** @param {MediaTrackConstraints} which */
  async #open(which) {
    this.stop();
    const turn = this.#turn;
    this.state.update({ status: "starting", problem: null });
    if (!navigator.mediaDevices?.getUserMedia) return this.#fail("insecure");
    if (scrambles()) return this.#fail("scrambled");
    this.#later(ASKING_MS, () => void this.#asking(turn));
    try {
      const stream = await openStream(which, SIZES[this.state.value.size]);
      if (turn !== this.#turn) return release(stream); // stopped or started anew meanwhile
      this.#run(stream);
      await this.#list();
      await this.video.play();
      if (turn === this.#turn) this.state.update({ status: "on" });
    } catch (error) {
      if (turn === this.#turn) this.#fail(problemOf(error));
    }
  }

  /** @param {number} turn that has not begun after a while */
  async #asking(turn) {
    if (await mayBeAsking() && turn === this.#turn && !this.#stream && this.state.value.status === "starting") this.state.update({ status: "asking" });
  }

  /** @param {CameraProblem} problem */
  #fail(problem) {
    release(this.#stream);
    this.video.srcObject = null;
    this.state.update({ status: "problem", problem });
  }

  /** @param {MediaStream} stream */
  #run(stream) {
    const [track] = stream.getVideoTracks();
    this.#running = new AbortController();
    const { signal } = this.#running;
    track.addEventListener("ended", () => this.#lost(), { signal });
    track.addEventListener("mute", () => this.#later(MUTED_MS, () => { if (track.muted && !document.hidden) void this.start(this.state.value.device); }), { signal });
    const { deviceId = "", facingMode } = track.getSettings();
    // a mirror is right for a camera that looks at you, wrong for one that looks away
    const mirror = remembered("mirror") ? remembered("mirror") === "yes" : facingMode !== "environment";
    this.state.update({ device: deviceId, mirror });
    this.video.srcObject = stream;
  }

  #lost() {
    this.stop("lost");
    this.#later(RETRY_MS, () => this.#retry());
  }

  /** Unless something else was started or stopped until then. @param {number} ms @param {() => void} call */
  #later(ms, call) {
    const turn = this.#turn;
    setTimeout(() => { if (turn === this.#turn) call(); }, ms);
  }

  /** What was missing may be there now. */
  #retry() {
    const { problem } = this.state.value;
    if (problem === "lost" || problem === "absent") void this.start();
  }

  async #devicesChanged() {
    await this.#list();
    if (this.state.value.devices.length) this.#retry();
  }

  /** Somebody looks at the page again, perhaps after the computer slept. */
  #visibilityChanged() {
    if (document.hidden) return;
    if (this.on && (this.#track?.readyState === "ended" || this.#track?.muted)) void this.start(this.state.value.device);
    else if (this.on) void this.video.play().catch(() => {});
    else this.#retry();
  }

  /** Names of cameras are only told after one was allowed. */
  async #list() {
    const all = await navigator.mediaDevices.enumerateDevices();
    const devices = all.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId).map(({ deviceId, label }) => ({ id: deviceId, label }));
    this.state.update({ devices });
  }

  #measure() {
    const { videoWidth, videoHeight } = this.video;
    if (videoWidth && videoHeight) this.state.update({ aspect: videoWidth / videoHeight });
  }
}

/** @param {string | null} size */
function sizeOf(size) {
  return size && size in SIZES ? size : Object.keys(SIZES)[0];
}
