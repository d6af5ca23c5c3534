import { classColour } from "../ui/colours.js";
import { canvasColour } from "../ui/css-colour.js";
import { listenToPointers } from "./map-pointers.js";

/** @import {Point} from "../connection/types.js" */
/** @import {App} from "../page/app.js" */

const MAX_PICTURES = 300; // drawn as pictures at once; when there are more in sight, all are dots
const MIN_PICTURE_PX = 18;
const MAX_PICTURE_PX = 72;
const EDGE_PX = MAX_PICTURE_PX / 2 + 4; // free around all points, so that no picture is cut
const DOT_PX = 4;
const MIN_ZOOM = 0.8;
const MAX_ZOOM = 60;

/** Draws points as small pictures or dots on a canvas, which can be moved and zoomed. */
export class PictureMap {
  dragged = false; // was the pointer moved since it was pressed? see map-pointers.js
  #canvas;
  #app;
  /** @type {Point[]} */
  #points = [];
  #view = { x: 0.5, y: 0.5, zoom: 1 }; // the point in the middle, and how much closer than all in sight
  /** @type {Map<string, HTMLImageElement>} by address */
  #images = new Map();
  #ended = new AbortController();
  #frame = 0;
  /** @type {() => void} */
  #unwatch;
  #resized = new ResizeObserver(() => this.#redraw());

  /** @param {HTMLCanvasElement} canvas @param {App} app */
  constructor(canvas, app) {
    this.#canvas = canvas;
    this.#app = app;
    const stops = [app.thumbs.watch(() => this.#redraw()), app.selection.store.watch(() => this.#redraw())];
    this.#unwatch = () => { for (const stop of stops) stop(); };
    this.#resized.observe(canvas);
    const { signal } = this.#ended;
    listenToPointers(canvas, this, signal);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#redraw(), { signal });
  }

  /** @param {Point[]} points */
  show(points) {
    this.#points = points;
    this.#redraw();
  }

  /** @param {number} dx @param {number} dy in CSS pixels */
  pan(dx, dy) {
    const scale = this.#scale();
    this.#view.x -= dx / scale;
    this.#view.y -= dy / scale;
    this.#redraw();
  }

  /** @param {number} factor @param {number} [x] @param {number} [y] what stays in its place; the picture nearest to the middle */
  zoom(factor, x, y) {
    if (x === undefined || y === undefined) [x, y] = this.#middle();
    const [left, top] = this.#toPoint(x, y);
    this.#view.zoom = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, this.#view.zoom * factor));
    const [newLeft, newTop] = this.#toPoint(x, y);
    this.#view.x += left - newLeft;
    this.#view.y += top - newTop;
    this.#redraw();
  }

  reset() {
    this.#view = { x: 0.5, y: 0.5, zoom: 1 };
    this.#redraw();
  }

  /** @param {number} x @param {number} y @returns {string | null} the example at this place of the canvas */
  at(x, y) {
    const reach = this.#pictureSize() / 2 + 3;
    const hits = this.#points.filter(([, , px, py]) => {
      const [left, top] = this.#toCanvas(px, py);
      return Math.abs(left - x) <= reach && Math.abs(top - y) <= reach;
    });
    return hits.at(-1)?.[0] ?? null; // what was drawn last lies on top
  }

  close() {
    this.#ended.abort();
    this.#unwatch();
    this.#resized.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  #redraw() {
    this.#frame ||= requestAnimationFrame(() => { this.#frame = 0; this.#draw(); });
  }

  #draw() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const pen = this.#canvas.getContext("2d");
    if (!pen || !width) return;
    const ratio = window.devicePixelRatio;
    if (this.#canvas.width !== Math.round(width * ratio)) Object.assign(this.#canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const colours = new Map(this.#app.teach.labels.map((label) => [label, canvasColour(this.#canvas, classColour(this.#app.teach.colour(label)))]));
    const chosen = canvasColour(this.#canvas, "var(--ink)");
    const size = this.#pictureSize();
    const inSight = this.#pointsInSight();
    if (size) this.#app.thumbs.want(inSight.map(([example]) => example));
    for (const [example, label, px, py] of inSight) {
      const [x, y] = this.#toCanvas(px, py);
      const image = size ? this.#image(example) : null;
      pen.fillStyle = colours.get(label) ?? canvasColour(this.#canvas, "var(--quiet)");
      if (this.#app.selection.has(example)) square(pen, x, y, (image ? size : 2 * DOT_PX) + 10, chosen);
      if (image) {
        square(pen, x, y, size + 4);
        pen.drawImage(image, x - size / 2, y - size / 2, size, size);
      } else {
        pen.beginPath();
        pen.arc(x, y, DOT_PX, 0, 2 * Math.PI);
        pen.fill();
      }
    }
  }

  #pointsInSight() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    return this.#points.filter(([, , px, py]) => {
      const [x, y] = this.#toCanvas(px, py);
      return x > -40 && y > -40 && x < width + 40 && y < height + 40;
    });
  }

  /** The middle of the canvas may be empty, so that one would zoom to nothing. @returns {[number, number]} on the canvas */
  #middle() {
    const [x, y] = [this.#canvas.clientWidth / 2, this.#canvas.clientHeight / 2];
    const places = this.#pointsInSight().map(([, , px, py]) => this.#toCanvas(px, py));
    const far = (/** @type {[number, number]} */ [left, top]) => Math.hypot(left - x, top - y);
    return places.reduce((best, one) => (far(one) < far(best) ? one : best), places[0] ?? [x, y]);
  }

  /** Of a picture, in CSS pixels; 0 while there are too many. */
  #pictureSize() {
    const count = this.#pointsInSight().length;
    if (count > MAX_PICTURES) return 0;
    const room = Math.sqrt((this.#canvas.clientWidth * this.#canvas.clientHeight) / Math.max(1, count)) / 2;
    return Math.round(Math.min(MAX_PICTURE_PX, Math.max(MIN_PICTURE_PX, room)));
  }

  /** @param {string} example @returns {HTMLImageElement | null} */
  #image(example) {
    const url = this.#app.thumbs.get(example);
    if (!url) return null;
    const known = this.#images.get(url);
    if (known) return known.complete && known.naturalWidth ? known : null;
    const image = Object.assign(new Image(), { src: url, onload: () => this.#redraw() });
    if (this.#images.size > 4 * MAX_PICTURES) this.#images.clear();
    this.#images.set(url, image);
    return null;
  }

  /** CSS pixels for the whole plane. */
  #scale() {
    return this.#view.zoom * Math.max(1, Math.min(this.#canvas.clientWidth, this.#canvas.clientHeight) - 2 * EDGE_PX);
  }

  /** @param {number} px @param {number} py @returns {[number, number]} where that is on the canvas */
  #toCanvas(px, py) {
    const scale = this.#scale();
    return [this.#canvas.clientWidth / 2 + (px - this.#view.x) * scale, this.#canvas.clientHeight / 2 + (py - this.#view.y) * scale];
  }

  /** @param {number} x @param {number} y @returns {[number, number]} which point that is */
  #toPoint(x, y) {
    const scale = this.#scale();
    return [this.#view.x + (x - this.#canvas.clientWidth / 2) / scale, this.#view.y + (y - this.#canvas.clientHeight / 2) / scale];
  }
}

/** @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y its middle @param {number} side @param {string} [colour] */
function square(pen, x, y, side, colour) {
  const before = pen.fillStyle;
  if (colour) pen.fillStyle = colour;
  pen.beginPath();
  pen.roundRect(x - side / 2, y - side / 2, side, side, 4);
  pen.fill();
  pen.fillStyle = before;
}
