import { Live } from "../answer/live.js";
import { Minute } from "../answer/minute.js";
import { Tester } from "../answer/tester.js";
import { Voice } from "../answer/voice.js";
import { Store } from "../base/store.js";
import { Camera } from "../camera/camera.js";
import { Heat } from "../camera/heat.js";
import { Recorder } from "../camera/recorder.js";
import { Checks } from "../check/checks.js";
import { Client } from "../connection/client.js";
import { Outbox } from "../connection/outbox.js";
import { Phones } from "../phones/phones.js";
import { Files } from "../teach/files.js";
import { Intake } from "../teach/intake.js";
import { Selection } from "../teach/selection.js";
import { Teach } from "../teach/teach.js";
import { Thumbs } from "../teach/thumbs.js";
import { translate } from "../text/translate.js";
import { Toasts } from "../ui/toasts.js";
import { kernelBusy } from "../widget/kernel.js";
import { Settings } from "./settings.js";

/** @import {Incoming, Model} from "../connection/types.js" */

/**
 * What is on the screen besides the columns.
 * @typedef {object} View
 * @property {"show" | "check" | "use"} tab on a screen with room for one thing
 * @property {boolean} fullScreen the camera and the answer, and nothing else
 * @property {{title: string, label: string | null, examples: string[]} | null} album pictures to look at: all of a class, or these
 */

/** The controllers of all rooms, wired together, behind one view: a browser page or a notebook's cell. */
export class App {
  /** @param {Model} model @param {{page: boolean}} options `page`: this view has a browser page of its own */
  constructor(model, { page }) {
    this.page = page;
    this.client = new Client(model);
    this.settings = new Settings();
    /** @type {Store<View>} */
    this.view = new Store({ tab: "show", fullScreen: false, album: null });
    this.toasts = new Toasts();
    this.camera = new Camera();
    this.recorder = new Recorder(this.camera);
    this.thumbs = new Thumbs(this.client);
    this.outbox = new Outbox({
      send: (content, buffer) => this.client.send(content, buffer),
      nextRef: () => this.client.nextRef(),
      changed: () => this.teach.store.update({ waiting: this.outbox.waiting }),
    });
    this.teach = new Teach(this);
    this.intake = new Intake(this);
    this.selection = new Selection(this.teach);
    this.files = new Files(this);
    this.tester = new Tester(this.client, this.toasts);
    this.live = new Live(this.camera, this.client, this.settings, { stopWhenSilent: () => !page && !kernelBusy(model) });
    this.heat = new Heat(this.camera, this.client, this.toasts);
    this.minute = new Minute(this.live);
    this.voice = new Voice(this);
    this.checks = new Checks(this);
    this.phones = page ? new Phones(this.client) : null; // a notebook's page is not the server's
    this.connection = new Store({ online: this.client.online, tries: 0 });
    for (const type of ["saved", "error"]) this.client.listen(type, (/** @type {Incoming} */ content) => this.outbox.receive(content));
    this.client.listen("error", (content) => { if (content.ref === null) this.toasts.error(translate(content.said, content.message)); });
    this.client.listen("online", this.#connect);
    this.#connect();
    void this.camera.start();
  }

  close() {
    for (const part of [this.live, this.heat, this.minute, this.voice, this.checks, this.camera, this.tester, this.client, this.thumbs]) part.close();
    this.recorder.stop();
  }

  #connect = () => {
    const { online, tries } = this.client;
    this.connection.update({ online, tries });
    if (online) this.client.send({ type: "hello", ref: this.client.nextRef() });
    this.outbox.connection(online);
  };
}
