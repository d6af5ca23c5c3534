import { messageOf } from "../base/errors.js";
import { text } from "../text/text.js";

/** @import {Recorder, Shot} from "../camera/recorder.js" */
/** @import {Outbox} from "../connection/outbox.js" */
/** @import {Saved} from "../connection/types.js" */
/** @import {Toasts} from "../ui/toasts.js" */
/** @import {Teach} from "./teach.js" */
/** @import {Thumbs} from "./thumbs.js" */

const MAX_WAITING = 300;
const MAX_FILE_BYTES = 32 * 2 ** 20;

/** New pictures of the classes: recorded here, or files. Until Python's next state tells of them, they are in `teach.store`. */
export class Intake {
  #outbox;
  #recorder;
  #store;
  #teach;
  #thumbs;
  #toasts;

  /** @param {{outbox: Outbox, recorder: Recorder, teach: Teach, thumbs: Thumbs, toasts: Toasts}} parts */
  constructor({ outbox, recorder, teach, thumbs, toasts }) {
    this.#outbox = outbox;
    this.#recorder = recorder;
    this.#store = teach.store;
    this.#teach = teach;
    this.#thumbs = thumbs;
    this.#toasts = toasts;
  }

  /**
   * Records until `recorder.stop`.
   * @param {number} key of the class
   * @param {Promise<string>} named its label once a new name has been taken over
   */
  record(key, named) {
    return this.#record(key, named, 0);
  }

  /** Counts down, then records for some seconds. @param {number} key @param {Promise<string>} named @param {number} seconds */
  async recordFor(key, named, seconds) {
    if (!await this.#recorder.countDown(key)) return;
    await this.#record(key, named, seconds * 1000);
  }

  /** @param {number} key @param {Promise<string>} named @param {number} limit_ms 0: until `stop` */
  #record(key, named, limit_ms) {
    this.#toasts.clearNotices();
    const until = limit_ms ? performance.now() + limit_ms : Infinity;
    const ready = named.then(async (name) => { await this.#teach.commitDrafts(name); return name; });
    return this.#recorder.start(key, (shot) => {
      void this.#keep(ready.then((name) => this.#teach.newestLabelOf(key) ?? name), shot);
      if (this.#outbox.size < MAX_WAITING) return performance.now() < until;
      this.#toasts.error(text.tooManyWaiting);
      return false;
    });
  }

  /**
   * One picture file.
   * @param {string} label @param {File} file @param {string} batch of those that are undone together
   * @returns {Promise<boolean>} is it on disk? if not, a toast says why
   */
  async addFile(label, file, batch) {
    try {
      if (file.size > MAX_FILE_BYTES) throw new Error(text.tooBig);
      this.#count(await this.#outbox.push({ label, burst: null, name: file.name, batch, body: file }));
      return true;
    } catch (why) {
      const message = messageOf(why);
      const aborted = why instanceof DOMException && why.name === "AbortError";
      this.#toasts.error(aborted || message.includes(file.name) ? why : text.couldNotAdd(file.name, message));
      return false;
    }
  }

  /** @param {Promise<string>} ready @param {Shot} shot */
  async #keep(ready, { picture, thumb, burst }) {
    const fresh = { url: URL.createObjectURL(thumb), label: await ready, example: /** @type {string | null} */ (null) };
    this.#store.update({ fresh: [fresh, ...this.#store.value.fresh] });
    try {
      const saved = await this.#outbox.push({ label: fresh.label, burst, name: null, batch: null, body: picture });
      fresh.example = saved.example;
      this.#thumbs.record(saved.example, fresh.url);
      this.#count(saved);
    } catch (why) {
      this.#recorder.stop();
      this.#store.update({ fresh: this.#store.value.fresh.filter((other) => other !== fresh) });
      URL.revokeObjectURL(fresh.url);
      this.#toasts.error(why);
    }
  }

  /** @param {Saved} saved */
  #count({ label, count }) {
    this.#store.update({ saved: { ...this.#store.value.saved, [label]: count } });
  }
}
