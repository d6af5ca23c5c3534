import { centreSquare, frameSize } from "./geometry.js";

/** How frames are sent: a live one just as large as the network needs it; a recorded one is kept, for larger networks too. */
export const LIVE_FRAME = { quality: 0.85, minSide: 240, maxSide: 240 };
export const RECORDED_FRAME = { quality: 0.9, minSide: 320, maxSide: 480 };
const THUMB_PX = 96;

/** Takes pictures out of a running video; never mirrored, whatever the preview shows. */
export class Grabber {
  #video;
  #frame = newContext();
  #thumb = newContext();

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.#video = video;
  }

  get ready() {
    return this.#video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && this.#video.videoWidth > 0;
  }

  /** The whole frame. @param {{quality: number, minSide: number, maxSide: number}} how @returns {Promise<Blob>} JPEG */
  frame({ quality, ...limits }) {
    const { width, height } = frameSize(this.#video.videoWidth, this.#video.videoHeight, limits);
    const context = this.#frame;
    const { canvas } = context;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.drawImage(this.#video, 0, 0, width, height);
    return jpeg(canvas, quality);
  }

  /** The square that the network sees, small. @returns {Promise<Blob>} JPEG */
  thumb() {
    const { x, y, side } = centreSquare(this.#video.videoWidth, this.#video.videoHeight);
    const context = this.#thumb;
    Object.assign(context.canvas, { width: THUMB_PX, height: THUMB_PX });
    context.drawImage(this.#video, x, y, side, side, 0, 0, THUMB_PX, THUMB_PX);
    return jpeg(context.canvas, LIVE_FRAME.quality);
  }
}

function newContext() {
  const context = document.createElement("canvas").getContext("2d", { alpha: false, willReadFrequently: true });
  if (!context) throw new Error("this browser has no 2D canvas");
  return context;
}

/** @param {HTMLCanvasElement} canvas @param {number} quality @returns {Promise<Blob>} */
function jpeg(canvas, quality) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the browser could not encode a JPEG"))), "image/jpeg", quality);
  });
}
