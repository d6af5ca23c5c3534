import { Emitter } from "../base/emitter.js";
import { decode, encode } from "./wire.js";

/** @import {Bytes, Outgoing} from "./types.js" */

const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 4000;

/** How long to wait before the next try. @param {number} tries how many failed so far */
export function pause_ms(tries) {
  return Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 1.7 ** Math.max(0, tries - 1));
}

/**
 * An anywidget-like model whose other end is a websocket. It reconnects for ever; `get("online")` and the event
 * "change:online" say how it stands. What is sent while offline is lost: outbox.js knows what to send again.
 */
export class SocketModel {
  #events = new Emitter();
  #ended = new AbortController();
  #traits = new Map(/** @type {[string, unknown][]} */ ([["online", false], ["tries", 0]]));
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #url;

  /** @param {string} url */
  constructor(url) {
    this.#url = url;
    const soon = () => document.hidden || this.#reconnectNow();
    window.addEventListener("online", soon, { signal: this.#ended.signal });
    document.addEventListener("visibilitychange", soon, { signal: this.#ended.signal });
    this.#connect();
  }

  /** @param {string} name */
  get(name) {
    return this.#traits.get(name);
  }

  /** @param {string} name @param {unknown} value */
  set(name, value) {
    if (this.#traits.get(name) === value) return;
    this.#traits.set(name, value);
    this.#events.emit(`change:${name}`);
  }

  save_changes() {}

  /** @param {string} event @param {(...args: any[]) => void} handler */
  on(event, handler) {
    this.#events.on(event, handler);
  }

  /** @param {string} event @param {(...args: any[]) => void} handler */
  off(event, handler) {
    this.#events.off(event, handler);
  }

  /** @param {Outgoing} content @param {unknown} [_callbacks] @param {Bytes[]} [buffers] */
  send(content, _callbacks, buffers) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(encode(content, buffers?.[0]));
  }

  close() {
    this.#ended.abort();
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  #connect() {
    const socket = new WebSocket(this.#url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    const { signal } = this.#ended;
    socket.addEventListener("open", () => { this.set("tries", 0); this.set("online", true); }, { signal });
    socket.addEventListener("message", ({ data }) => {
      const { content, buffer } = decode(data);
      this.#events.emit("msg:custom", content, [buffer]);
    }, { signal });
    socket.addEventListener("close", () => this.#retry(), { signal, once: true });
  }

  #retry() {
    const tries = Number(this.get("tries")) + 1;
    this.set("tries", tries);
    this.set("online", false);
    this.#timer = setTimeout(() => this.#connect(), pause_ms(tries) * (0.8 + 0.4 * Math.random()));
  }

  /** Somebody is looking or the network is back: don't wait out the pause. */
  #reconnectNow() {
    if (this.#socket?.readyState !== WebSocket.CLOSED) return;
    clearTimeout(this.#timer);
    this.#connect();
  }
}

/** The websocket beside a page: http://host/token/ -> ws://host/token/ws. @param {string} page */
export function socketUrl(page) {
  const url = new URL("ws", page);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.search = url.hash = "";
  return url.href;
}
