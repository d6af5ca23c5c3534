import { remember, remembered } from "./prefs.js";
import { Store } from "./store.js";

/** @import {CameraProblem} from "./types.js" */
/**
 * @typedef {object} CameraState
 * @property {"starting" | "on" | "off" | "problem"} status
 * @property {CameraProblem | null} problem
 * @property {{id: string, label: string}[]} devices
 * @property {string} device id of the one in use
 * @property {boolean} mirror for display only
 * @property {number} aspect width / height
 */

/** Why getUserMedia failed. @param {unknown} error @returns {CameraProblem} */
export function problemOf(error) {
  switch (/** @type {Error} */ (error).name) { // not always an Error: notebooks wrap getUserMedia
    case "NotAllowedError":
    case "SecurityError":
      return "refused";
    case "NotFoundError":
    case "OverconstrainedError":
      return "absent";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "failed";
  }
}

/** The webcam: one <video>, one track at a time. Everything is stopped by `close`. */
export class Camera {
  /** @type {Store<CameraState>} */
  state = new Store({ status: "off", problem: null, devices: [], device: "", mirror: remembered("mirror") !== "no", aspect: 4 / 3 });
  video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, autoplay: true });
  #closed = new AbortController();
  /** @type {AbortController | null} of the running track's listeners */
  #running = null;
  #turn = 0;

  constructor() {
    const { signal } = this.#closed;
    navigator.mediaDevices?.addEventListener("devicechange", () => this.#list(), { signal });
    this.video.addEventListener("resize", () => this.#measure(), { signal });
    window.addEventListener("pagehide", () => this.stop(), { signal });
    window.addEventListener("pageshow", (event) => { if (event.persisted) this.start(); }, { signal });
  }

  get on() {
    return this.state.value.status === "on";
  }

  /** @param {string} [device] id; without it the one used last, or any */
  async start(device = remembered("camera") ?? "") {
    this.stop();
    const turn = this.#turn;
    this.state.update({ status: "starting", problem: null });
    if (!navigator.mediaDevices?.getUserMedia) return this.#fail("insecure");
    try {
      const stream = await open(device);
      if (turn !== this.#turn) return release(stream); // stopped or started anew meanwhile
      this.#run(stream);
      await this.#list();
      await this.video.play();
      if (turn === this.#turn) this.state.update({ status: "on" });
    } catch (error) {
      if (turn === this.#turn) this.#fail(problemOf(error));
    }
  }

  /** @param {string} device id */
  choose(device) {
    remember("camera", device);
    return this.start(device);
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
    if (this.video.srcObject instanceof MediaStream) release(this.video.srcObject);
    this.video.srcObject = null;
    if (problem) this.#fail(problem);
    else this.state.update({ status: "off", problem: null });
  }

  close() {
    this.stop();
    this.#closed.abort();
  }

  /** @param {CameraProblem} problem */
  #fail(problem) {
    if (this.video.srcObject instanceof MediaStream) release(this.video.srcObject);
    this.video.srcObject = null;
    this.state.update({ status: "problem", problem });
  }

  /** @param {MediaStream} stream */
  #run(stream) {
    const [track] = stream.getVideoTracks();
    this.#running = new AbortController();
    track.addEventListener("ended", () => this.stop("lost"), { signal: this.#running.signal });
    const { deviceId = "", facingMode } = track.getSettings();
    // a mirror is right for a camera that looks at you, wrong for one that looks away
    const mirror = remembered("mirror") ? remembered("mirror") === "yes" : facingMode !== "environment";
    this.state.update({ device: deviceId, mirror });
    this.video.srcObject = stream;
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

/** @param {string} device @returns {Promise<MediaStream>} */
async function open(device) {
  const size = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } };
  try {
    return await navigator.mediaDevices.getUserMedia({ video: device ? { ...size, deviceId: { exact: device } } : size });
  } catch (error) {
    if (!device || problemOf(error) !== "absent") throw error;
    return navigator.mediaDevices.getUserMedia({ video: size }); // the one used last is not there today
  }
}

/** @param {MediaStream} stream */
function release(stream) {
  for (const track of stream.getTracks()) track.stop();
}
