/** @typedef {"empty" | "pdf" | "heic" | "other" | "damaged"} PictureProblem */

const HEAD_BYTES = 16;
const HEIC = /^(heic|heix|hevc|hevx|heim|heis|mif1|msf1)$/;
/** How files begin that Python reads; browsers read all of them but TIFF. */
const PICTURES = [/^\xff\xd8\xff/, /^\x89PNG/, /^RIFF....WEBP/s, /^GIF8/, /^BM/];
const TIFF = /^(II\*\0|MM\0\*)/;

/**
 * What is wrong with a file that should be a picture: said before anybody is asked where it belongs.
 * @param {File} file @param {boolean} whole is it to be opened, too? That takes a while for many
 * @returns {Promise<PictureProblem | null>} null: nothing, as far as a browser can tell
 */
export async function pictureProblem(file, whole) {
  const head = String.fromCharCode(...new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()));
  if (!head) return "empty";
  if (head.startsWith("%PDF")) return "pdf";
  if (head.slice(4, 8) === "ftyp" && HEIC.test(head.slice(8, 12))) return "heic";
  if (TIFF.test(head)) return null;
  if (!PICTURES.some((beginning) => beginning.test(head))) return "other";
  return !whole || await opens(file) ? null : "damaged";
}

/** @param {File} file @returns {Promise<boolean>} */
async function opens(file) {
  try {
    (await createImageBitmap(file)).close();
    return true;
  } catch {
    return false;
  }
}
