/**
 * Files somebody dropped, pasted or chose: what they are, and those in folders.
 * @typedef {{file: File, folder: string | null}} FoundFile `folder`: the name of the one right around it
 */

const ARCHIVE = /\.(zip|tm)$/i;
const VIDEO = /\.(mp4|m4v|mov|webm|mkv|avi)$/i;
const NOT_MEANT = /^(\.|__MACOSX$|Thumbs\.db$|desktop\.ini$)/i; // left behind by operating systems

/** @param {File} file @returns {"archive" | "video" | "picture"} Python says what is wrong with other things */
export function kindOf({ name, type }) {
  if (ARCHIVE.test(name)) return "archive";
  return type.startsWith("video/") || VIDEO.test(name) ? "video" : "picture";
}

/**
 * Must be called while the event is handled, for the list is empty afterwards.
 * @param {DataTransfer} transfer @returns {AsyncIterable<FoundFile>} read one by one: there may be very many
 */
export function droppedFiles(transfer) {
  const entries = [...transfer.items].filter(({ kind }) => kind === "file").map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  return walk(entries, null);
}

/** @param {Iterable<File>} files chosen, perhaps a whole folder @returns {AsyncIterable<FoundFile>} */
export async function* chosenFiles(files) {
  for (const file of files) {
    const folders = file.webkitRelativePath.split("/").slice(0, -1);
    if (![...folders, file.name].some((name) => NOT_MEANT.test(name))) yield { file, folder: folders.at(-1) ?? null };
  }
}

/** @param {Iterable<FileSystemEntry | File | null>} entries @param {string | null} folder @returns {AsyncGenerator<FoundFile>} */
async function* walk(entries, folder) {
  for (const entry of entries) {
    if (!entry || NOT_MEANT.test(entry.name)) continue;
    if (entry instanceof File) yield { file: entry, folder };
    else if (entry.isFile) yield { file: await opened(/** @type {FileSystemFileEntry} */ (entry)), folder };
    else yield* inside(/** @type {FileSystemDirectoryEntry} */ (entry));
  }
}

/** @param {FileSystemDirectoryEntry} directory @returns {AsyncGenerator<FoundFile>} */
async function* inside(directory) {
  const reader = directory.createReader();
  for (;;) { // a reader gives at most a hundred at once
    const some = await /** @type {Promise<FileSystemEntry[]>} */ (new Promise((resolve, reject) => reader.readEntries(resolve, reject)));
    if (!some.length) return;
    yield* walk(some, directory.name);
  }
}

/** @param {FileSystemFileEntry} entry @returns {Promise<File>} */
function opened(entry) {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}
