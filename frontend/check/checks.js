import { messageOf } from "../base/errors.js";
import { Store } from "../base/store.js";

/** @import {Recorder} from "../camera/recorder.js" */
/** @import {Client} from "../connection/client.js" */
/** @import {Coded, Finding, Incoming, Point, Report} from "../connection/types.js" */
/** @import {Settings} from "../page/settings.js" */
/** @import {Teach} from "../teach/teach.js" */

/** @typedef {"pca" | "tsne"} Method */
/**
 * @typedef {object} CheckState
 * @property {boolean} enough are there enough pictures to check anything?
 * @property {boolean} busy
 * @property {Report | null} report
 * @property {(Coded | null)[]} said what it advises
 * @property {Finding[] | null} findings
 * @property {Point[] | null} points
 * @property {string | null} problem why the last check failed
 */

const REST_MS = 2500; // without a change, before it is checked
const TIMEOUT_MS = 15 * 60_000;
const ENOUGH = { classes: 2, pictures: 4 };

/** How well the classes are told apart and what is odd about the pictures, asked anew whenever the dataset rests. */
export class Checks {
  /** @type {Store<CheckState>} */
  store = new Store({ enough: false, busy: false, report: null, said: [], findings: null, points: null, problem: null });
  #client;
  #teach;
  #recorder;
  #settings;
  /** the version of the dataset that was checked last */
  #checked = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #shown = false;

  /** @param {{client: Client, teach: Teach, recorder: Recorder, settings: Settings}} parts */
  constructor({ client, teach, recorder, settings }) {
    this.#client = client;
    this.#teach = teach;
    this.#recorder = recorder;
    this.#settings = settings;
    client.listen("state", () => this.#schedule());
    client.listen("online", () => this.#schedule());
  }

  /** @param {boolean} shown nothing is asked while nobody looks */
  show(shown) {
    this.#shown = shown;
    if (shown) this.#schedule(0);
  }

  close() {
    clearTimeout(this.#timer);
  }

  /** @param {Method} method how to arrange the map */
  async arrange(method) {
    this.#settings.set({ method });
    await this.#ask({ type: "map", method });
  }

  /** @param {string} finding its id */
  async dismiss(finding) {
    this.store.update({ findings: this.store.value.findings?.filter((one) => one.finding !== finding) ?? null });
    await this.#teach.ask({ type: "dismiss", finding });
  }

  #schedule(rest_ms = REST_MS) {
    const counts = this.#teach.classes.filter(({ enabled }) => enabled !== false).map(({ count }) => count);
    const enough = counts.filter((count) => count >= ENOUGH.pictures).length >= ENOUGH.classes;
    if (enough !== this.store.value.enough) this.store.update({ enough });
    clearTimeout(this.#timer);
    if (enough && this.#shown && this.#client.online && this.#version() !== this.#checked) this.#timer = setTimeout(() => void this.#run(), rest_ms);
  }

  /** Changes whenever the dataset does. */
  #version() {
    const { state } = this.#teach.store.value;
    return JSON.stringify(state?.classes.map(({ label, count, examples, enabled }) => [label, count, examples[0], enabled]));
  }

  async #run() {
    if (this.store.value.busy || this.#recorder.state.value.key !== null || document.hidden) return this.#schedule();
    const version = this.#version();
    this.store.update({ busy: true, problem: null });
    await this.#ask({ type: "map", method: this.#settings.value.method });
    await this.#ask({ type: "care" });
    await this.#ask({ type: "evaluate" });
    if (this.#client.online) this.#checked = version;
    this.store.update({ busy: false });
    this.#schedule(); // something may have changed meanwhile
  }

  /** @param {{type: string, method?: Method}} question */
  async #ask(question) {
    try {
      const { content } = await this.#client.request(question, undefined, TIMEOUT_MS);
      this.#take(content);
    } catch (why) {
      this.store.update({ problem: messageOf(why) });
    }
  }

  /** @param {Incoming} content */
  #take(content) {
    if (content.type === "points") this.store.update({ points: content.points });
    if (content.type === "findings") this.store.update({ findings: content.findings });
    if (content.type === "report") this.store.update({ report: content.report, said: content.said ?? [] });
  }
}
