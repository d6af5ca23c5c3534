import { Grabber } from "../camera/grabber.js";
import { scrambles } from "../camera/canvas.js";
import { problemOf, release } from "../camera/user-media.js";
import { InFlight } from "../connection/inflight.js";
import { kernelBusy } from "./kernel.js";
import { RecordedStream } from "./recorded-stream.js";

/** @import {CameraProblem} from "../camera/user-media.js" */
/** @import {Model} from "../connection/types.js" */

/** @typedef {"off" | "starting" | "on" | CameraProblem} Status */

const STREAMED_FRAME = { quality: 0.85, minSide: 1, maxSide: Infinity };
const IDLE_MS = 200; // between frames that no callback waits for, so that a snapshot has a fresh one
const SILENT_MS = 15_000;

/**
 * One camera: one track, however many views show it, and the frames that go to Python while one does.
 * Those who show it join with their model; with the last one gone the track stops.
 */
export class Session {
  /** @type {Status} */
  status = "off";
  video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, autoplay: true });
  grabber = new Grabber(this.video);
  /** @type {{model: Model, changed: () => void}[]} */
  #members = [];
  #inFlight = new InFlight();
  /** @type {Map<number, () => void>} */
  #asked = new Map();
  #ref = Math.floor(Math.random() * 2 ** 40); // Python's answers reach every page that shows this camera
  #turn = 0;
  #lastSent = 0;
  #left;
  #lastHeard = 0;
  /** @type {RecordedStream | null} */
  #recordedStream = null;

  /** @param {() => void} left called when the last one has left */
  constructor(left) {
    this.#left = left;
  }

  /** @returns {MediaStream | null} */
  get stream() {
    return this.video.srcObject instanceof MediaStream ? this.video.srcObject : null;
  }

  get mirrored() {
    return !this.#recordedStream && this.stream?.getVideoTracks()[0]?.getSettings().facingMode !== "environment";
  }

  /** @param {Model} model @param {() => void} changed called with every change of the status @returns {() => void} leaves */
  join(model, changed) {
    const member = { model, changed };
    const restart = () => { if (this.stream) void this.start(); };
    model.on("msg:custom", this.#receive);
    model.on("change:constraints", restart);
    this.#members.push(member);
    if (this.#members.length === 1) void this.start();
    return () => {
      model.off("msg:custom", this.#receive);
      model.off("change:constraints", restart);
      this.#members = this.#members.filter((other) => other !== member);
      if (this.#members.length > 0) return;
      this.stop("off", model);
      this.#left();
    };
  }

  async start() {
    this.stop("starting");
    const turn = this.#turn;
    const model = this.#members[0]?.model;
    if (!model) return;
    this.#recordedStream = model.get("_recorded") ? new RecordedStream() : null;
    if (!this.#recordedStream && !navigator.mediaDevices?.getUserMedia) return this.#become("insecure");
    if (scrambles()) return this.#become("scrambled");
    try {
      const stream = this.#recordedStream?.stream ?? await navigator.mediaDevices.getUserMedia({ video: { ...model.get("constraints") } });
      if (turn !== this.#turn) return release(stream);
      for (const track of stream.getVideoTracks()) track.addEventListener("ended", () => { if (turn === this.#turn) this.stop("lost"); });
      this.video.srcObject = stream;
      await this.video.play();
      if (turn !== this.#turn) return;
      this.#become("on");
      this.#next(turn);
    } catch (error) {
      if (turn === this.#turn) this.stop(problemOf(error));
    }
  }

  /** @param {Status} status from now on @param {Model} [model] who tells Python */
  stop(status = "off", model) {
    this.#turn++;
    release(this.stream);
    this.video.srcObject = null;
    this.#lastHeard = 0;
    this.#become(status, model);
  }

  /**
   * @param {Model} model @param {{type: string, [field: string]: unknown}} content gets a `ref` @param {ArrayBuffer} picture
   * @param {() => void} seen called when Python has seen it
   */
  send(model, content, picture, seen) {
    const ref = ++this.#ref;
    this.#asked.set(ref, seen);
    model.send({ ...content, ref }, undefined, [picture]);
    return ref;
  }

  /** @param {Status} status @param {Model} [model] */
  #become(status, model = this.#members[0]?.model) {
    if (status === this.status) return;
    this.status = status;
    if (status !== "starting") report(model, status);
    for (const { changed } of this.#members) changed();
  }

  #receive = (/** @type {{type: string, ref: number}} */ { type, ref }, /** @type {DataView[]} */ buffers) => {
    this.#lastHeard = performance.now();
    if (type === "recorded") void this.#recordedStream?.draw(buffers[0]);
    if (type === "close") this.stop("off");
    if (type === "seen") this.#asked.get(ref)?.();
    this.#asked.delete(ref);
    if (this.status === "silent") void this.start();
  };

  /** At the camera's next picture; a video that is not drawn may never say so, hence the timer. @param {number} turn */
  #next(turn) {
    let done = false;
    const once = () => {
      if (done || turn !== this.#turn) return;
      done = true;
      clearTimeout(timer);
      void this.#tick(turn);
      this.#next(turn);
    };
    const timer = setTimeout(once, 100);
    this.video.requestVideoFrameCallback?.(once);
  }

  /** @param {number} turn */
  async #tick(turn) {
    const now = performance.now();
    const model = this.#members[0]?.model;
    if (!model || document.hidden || !this.grabber.ready) {
      this.#lastHeard = 0;
      return;
    }
    this.#lastHeard ||= now;
    if (kernelBusy(model)) this.#lastHeard = now;
    if (now - this.#lastHeard > SILENT_MS) return this.stop("silent");
    if (this.#recordedStream) return; // Python has the frames
    if (!model.get("_listening") && now - this.#lastSent < IDLE_MS) return;
    if (!this.#inFlight.room(now)) return;
    this.#lastSent = now;
    const id = ++this.#ref;
    this.#inFlight.begin(id, now);
    try {
      const picture = await (await this.grabber.frame(STREAMED_FRAME)).arrayBuffer();
      if (turn !== this.#turn) return this.#inFlight.end(id); // Python has heard that the camera is off
      const ref = this.send(model, { type: "frame" }, picture, () => this.#inFlight.end(id));
      setTimeout(() => this.#asked.delete(ref), SILENT_MS);
    } catch {
      this.#inFlight.end(id); // the kernel is gone
    }
  }
}

/**
 * The session of a camera. They are kept with the page: each widget loads this module anew, all share one camera.
 * @param {Model} model
 * @returns {Session}
 */
export function sessionOf(model) {
  const page = /** @type {{showtellCameras?: Map<string, Session>}} */ (globalThis);
  const sessions = (page.showtellCameras ??= new Map());
  const id = model.get("_camera");
  const session = sessions.get(id) ?? new Session(() => sessions.delete(id));
  sessions.set(id, session);
  return session;
}

/** @param {Model | undefined} model @param {Status} status */
function report(model, status) {
  try {
    model?.send({ type: "status", status }, undefined, []);
  } catch {
    // the kernel is gone
  }
}
