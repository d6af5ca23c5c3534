import { Store } from "../base/store.js";
import { asUint8 } from "../connection/wire.js";
import { Grabber, LIVE_FRAME } from "./grabber.js";

/** @import {Client} from "../connection/client.js" */
/** @import {Toasts} from "../ui/toasts.js" */
/** @import {Camera} from "./camera.js" */
/** @typedef {{rows: number, columns: number, label: string, values: Uint8Array}} HeatMap */

const EVERY_MS = 250;

/** Where the network looks, asked a few times a second while it is wanted. */
export class Heat {
  store = new Store({ on: false, map: /** @type {HeatMap | null} */ (null) });
  #camera;
  #client;
  #toasts;
  #grabber;
  #run = 0;

  /** @param {Camera} camera @param {Client} client @param {Toasts} toasts */
  constructor(camera, client, toasts) {
    this.#camera = camera;
    this.#client = client;
    this.#toasts = toasts;
    this.#grabber = new Grabber(camera.video);
  }

  /** @param {boolean} on */
  set(on) {
    const run = ++this.#run;
    this.store.update({ on, map: null });
    if (on) void this.#watch(run);
  }

  close() {
    this.#run++;
  }

  /** @param {number} run */
  async #watch(run) {
    while (run === this.#run) {
      const pause = new Promise((resolve) => setTimeout(resolve, EVERY_MS));
      if (this.#camera.on && this.#client.online && !document.hidden && this.#grabber.ready) await this.#ask(run);
      await pause;
    }
  }

  /** @param {number} run */
  async #ask(run) {
    try {
      const picture = await (await this.#grabber.frame(LIVE_FRAME)).arrayBuffer();
      const { content, buffer } = await this.#client.request({ type: "explain" }, picture);
      if (run !== this.#run || content.type !== "heat" || !buffer) return;
      const { rows, columns, label } = content;
      this.store.update({ map: { rows, columns, label, values: asUint8(buffer) } });
    } catch (why) {
      if (run !== this.#run || !this.#client.online) return; // it goes on once the connection is back
      this.set(false);
      this.#toasts.error(why);
    }
  }
}
