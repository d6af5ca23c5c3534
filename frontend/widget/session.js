import { Grabber } from "../camera/grabber.js";
import { InFlight } from "../connection/inflight.js";
import { busy } from "./kernel.js";
import { Recorded } from "./recorded-stream.js";

/** @import {CameraProblem, Model} from "../connection/types.js" */

/** Why getUserMedia failed, by the error's name. @type {Record<string, CameraProblem>} */
const PROBLEMS = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "absent",
  OverconstrainedError: "absent",
  NotReadableError: "busy",
  AbortError: "busy",
};

/** @typedef {"off" | "starting" | "on" | CameraProblem} Status */

export const FRAME = { quality: 0.85, least: 1, most: Infinity };
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
  /** @type {Recorded | null} */
  #recorded = null;

  /** @param {() => void} left called when the last one has left */
  constructor(left) {
    this.#left = left;
  }

  /** @returns {MediaStream | null} */
  get stream() {
    return this.video.srcObject instanceof MediaStream ? this.video.srcObject : null;
  }

  get mirrored() {
    return !this.#recorded && this.stream?.getVideoTracks()[0]?.getSettings().facingMode !== "environment";
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
    this.#recorded = model.get("_recorded") ? new Recorded() : null;
    if (!this.#recorded && !navigator.mediaDevices?.getUserMedia) return this.#become("insecure");
    try {
      const stream = this.#recorded?.stream ?? await navigator.mediaDevices.getUserMedia({ video: { ...model.get("constraints") } });
      if (turn !== this.#turn) return release(stream);
      for (const track of stream.getVideoTracks()) track.addEventListener("ended", () => { if (turn === this.#turn) this.stop("lost"); });
      this.video.srcObject = stream;
      await this.video.play();
      if (turn !== this.#turn) return;
      this.#become("on");
      this.#next(turn);
    } catch (error) {
      if (turn === this.#turn) this.stop(PROBLEMS[/** @type {Error} */ (error).name] ?? "failed");
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
    if (status !== "starting") tell(model, status);
    for (const { changed } of this.#members) changed();
  }

  #receive = (/** @type {{type: string, ref: number}} */ { type, ref }, /** @type {DataView[]} */ buffers) => {
    this.#lastHeard = performance.now();
    if (type === "recorded") void this.#recorded?.draw(buffers[0]);
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
    if (busy(model)) this.#lastHeard = now;
    if (now - this.#lastHeard > SILENT_MS) return this.stop("silent");
    if (this.#recorded) return; // Python has the frames
    if (!model.get("_listening") && now - this.#lastSent < IDLE_MS) return;
    if (!this.#inFlight.room(now)) return;
    this.#lastSent = now;
    const id = ++this.#ref;
    this.#inFlight.begin(id, now);
    try {
      const picture = await (await this.grabber.frame(FRAME)).arrayBuffer();
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
function tell(model, status) {
  try {
    model?.send({ type: "status", status }, undefined, []);
  } catch {
    // the kernel is gone
  }
}

/** @param {MediaStream | null} stream */
function release(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
