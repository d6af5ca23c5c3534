import { messageOf } from "../base/errors.js";
import { Store } from "../base/store.js";
import { text } from "../text/text.js";

/** @import {Client} from "../connection/client.js" */
/** @typedef {{url: string, qr: string, fingerprint: string, until: number}} Invitation `until` as Date.now() has it; `qr` is an address for an img */

/** Invitations for phones, where the studio is open to the local network and this page may invite. */
export class Phones {
  /** `allowed`: this page may invite; `open`: the window is there */
  store = new Store({ allowed: false, open: false, invitation: /** @type {Invitation | null} */ (null), problem: /** @type {string | null} */ (null) });

  /** @param {Client} client with each connection the studio may be another one */
  constructor(client) {
    client.listen("online", () => { if (client.online) void this.#askWhetherAllowed(); });
  }

  /** Opens the window with a new code. */
  open() {
    this.store.update({ open: true });
    return this.invite();
  }

  /** The code in it is good all the same, until it ends. */
  close() {
    this.store.update({ open: false, invitation: null });
  }

  /** Another code, for another phone. */
  async invite() {
    this.store.update({ problem: null });
    try {
      const { lan, url, qr, seconds, fingerprint } = await request("POST");
      if (!lan) throw new Error(text.phoneNoMore);
      this.store.update({ invitation: { url, qr, fingerprint, until: Date.now() + 1000 * seconds } });
    } catch (why) {
      const problem = why instanceof TypeError ? text.offline : messageOf(why); // TypeError: nobody answers
      this.store.update({ invitation: null, problem });
    }
  }

  async #askWhetherAllowed() {
    const allowed = await request("GET").then(({ lan }) => lan, () => false);
    if (allowed !== this.store.value.allowed) this.store.update({ allowed });
  }
}

/** @param {"GET" | "POST"} method @returns {Promise<{lan: boolean, url: string, qr: string, seconds: number, fingerprint: string}>} all but `lan` only with POST */
async function request(method) {
  const answer = await fetch("phones", { method });
  if (!answer.ok) throw new Error(text.offline);
  return answer.json();
}
