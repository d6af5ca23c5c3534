import { messageOf } from "../base/errors.js";
import { Store } from "../base/store.js";
import { unique } from "../base/unique.js";
import { text } from "../text/text.js";
import { translate } from "../text/translate.js";
import { kindOf } from "./dropped.js";
import { cleanName } from "./names.js";
import { pictureProblem } from "./picture-problem.js";

/** @import {Client} from "../connection/client.js" */
/** @import {Imported} from "../connection/types.js" */
/** @import {Toasts} from "../ui/toasts.js" */
/** @import {FoundFile} from "./dropped.js" */
/** @import {Intake} from "./intake.js" */
/** @import {Teach} from "./teach.js" */

const PIECE_BYTES = 4 * 2 ** 20;
const MAX_AT_ONCE = 100; // pictures on their way; the others stay on the disk
const IMPORT_TIMEOUT_MS = 30 * 60_000;

/** Files into the dataset, and the dataset into a file. */
export class Files {
  /** `loose`: files that nobody has said a class for; `progress`: of what is being sent or packed */
  store = new Store({ loose: /** @type {File[]} */ ([]), progress: /** @type {string | null} */ (null) });
  #client;
  #intake;
  #teach;
  #toasts;

  /** @param {{client: Client, intake: Intake, teach: Teach, toasts: Toasts}} parts */
  constructor({ client, intake, teach, toasts }) {
    this.#client = client;
    this.#intake = intake;
    this.#teach = teach;
    this.#toasts = toasts;
  }

  /**
   * Pictures and videos go to the class that was meant, or to the one named like their folder; zips and projects
   * know their classes.
   * @param {AsyncIterable<FoundFile>} found @param {string | null} label
   */
  async add(found, label) {
    this.#toasts.clearNotices();
    let pictures = new PictureBatch(this.#intake);
    try {
      for await (const { file, folder } of found) {
        const to = label ?? (folder === null ? null : cleanName(folder));
        const kind = kindOf(file);
        const problem = kind === "picture" ? await pictureProblem(file, to === null) : null;
        if (problem) this.#toasts.error(text.couldNotAdd(file.name, text.fileProblems[problem]));
        else if (kind !== "archive" && to === null) this.store.update({ loose: [...this.store.value.loose, file] });
        else if (kind === "picture") {
          await this.#teach.commitDrafts(/** @type {string} */ (to));
          await pictures.add(/** @type {string} */ (to), file);
        }
        else {
          await pictures.end(); // what is done last is what can be undone
          pictures = new PictureBatch(this.#intake);
          if (kind === "video") await this.#teach.commitDrafts(/** @type {string} */ (to)); // a zip knows its classes
          await this.#upload(file, kind === "archive" ? label : to);
        }
      }
    } catch (why) {
      this.#toasts.error(why);
    }
    const added = await pictures.end();
    if (added > 1) this.#teach.offerUndo(text.imported(added));
  }

  /** @param {string | null} label for the loose files; null drops them */
  async place(label) {
    const { loose } = this.store.value;
    this.store.update({ loose: [] });
    if (label !== null) await this.add(withoutFolder(loose), label);
  }

  /** Everything as a zip, saved like a download. */
  async export() {
    /** @type {BlobPart[]} */
    const parts = [];
    this.store.update({ progress: text.exporting });
    try {
      for (let piece = 0; ; piece++) {
        const { content, buffer } = await this.#client.request({ type: "export", piece }, undefined, IMPORT_TIMEOUT_MS);
        if (content.type !== "piece" || !buffer) throw new Error(text.timeout);
        parts.push(new Blob([/** @type {BlobPart} */ (buffer)])); // a blob may leave the memory, a buffer may not
        if (content.last) return download(new Blob(parts, { type: "application/zip" }), content.name);
      }
    } catch (why) {
      this.#toasts.error(why);
    } finally {
      this.store.update({ progress: null });
    }
  }

  /** @param {File} file @param {string | null} label */
  async #upload(file, label) {
    const upload = Math.floor(Math.random() * 2 ** 40);
    try {
      for (let at = 0; ; at += PIECE_BYTES) {
        this.store.update({ progress: text.importing(file.name, Math.floor((100 * at) / Math.max(1, file.size))) });
        const last = at + PIECE_BYTES >= file.size;
        const piece = await file.slice(at, at + PIECE_BYTES).arrayBuffer();
        const { content } = await this.#client.request({ type: "upload", upload, name: file.name, label, last }, piece, IMPORT_TIMEOUT_MS);
        if (!last) continue;
        if (content.type === "imported") this.#imported(content);
        return;
      }
    } catch (why) {
      const message = messageOf(why);
      this.#toasts.error(message.includes(file.name) ? message : text.couldNotAdd(file.name, message));
    } finally {
      this.store.update({ progress: null });
    }
  }

  /** @param {Imported} content */
  #imported({ added, problems }) {
    const [first] = problems;
    const message = text.imported(added) + (first ? text.importProblems(problems.length, `${first.file}: ${translate(first.said, first.reason)}`) : "");
    if (added) this.#teach.offerUndo(message);
    else this.#toasts.notice(message);
  }
}

/** Picture files that came together: some are sent at once, and all of them are undone at once. */
class PictureBatch {
  #batch = unique();
  #added = 0;
  /** @type {Set<Promise<void>>} */
  #going = new Set();
  #intake;

  /** @param {Intake} intake */
  constructor(intake) {
    this.#intake = intake;
  }

  /** Resolved when there is room for the next. @param {string} label @param {File} file */
  async add(label, file) {
    const one = this.#intake.addFile(label, file, this.#batch).then((done) => { this.#added += Number(done); this.#going.delete(one); });
    this.#going.add(one);
    if (this.#going.size >= MAX_AT_ONCE) await Promise.race(this.#going);
  }

  /** @returns {Promise<number>} how many are on disk */
  async end() {
    await Promise.all(this.#going);
    return this.#added;
  }
}

/** @param {File[]} files @returns {AsyncIterable<FoundFile>} */
async function* withoutFolder(files) {
  for (const file of files) yield { file, folder: null };
}

/** @param {Blob} blob @param {string} name */
function download(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
