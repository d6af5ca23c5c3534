/** Frames that come from Python in the place of a camera, as a stream like a camera's. */
export class RecordedStream {
  #pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  stream = this.#pen.canvas.captureStream();

  constructor() {
    this.#pen.fillRect(0, 0, 1, 1); // a stream begins with its first frame
  }

  /** @param {DataView} jpeg */
  async draw(jpeg) {
    const picture = await createImageBitmap(new Blob([/** @type {DataView<ArrayBuffer>} */ (jpeg)]));
    const { canvas } = this.#pen;
    if (canvas.width !== picture.width || canvas.height !== picture.height) {
      Object.assign(canvas, { width: picture.width, height: picture.height });
    }
    this.#pen.drawImage(picture, 0, 0);
    picture.close();
  }
}
