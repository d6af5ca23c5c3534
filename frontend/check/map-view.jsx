import { useEffect, useRef } from "preact/hooks";
import { useStore } from "../base/store.js";
import { text } from "../text/text.js";
import { useApp } from "../ui/app-context.js";
import { Choice } from "../ui/popup.jsx";
import { PictureMap } from "./picture-map.js";

/** @import {Point} from "../connection/types.js" */

const PAN_PX = 60;
const ZOOM = 1.5;

/** All pictures in a plane; what is alike lies together. @param {{points: Point[]}} props */
export function MapView({ points }) {
  const app = useApp();
  const { checks, settings, selection, teach } = app;
  const method = useStore(settings.store, (store) => store.method);
  useStore(teach.store, ({ state }) => state); // the classes' colours
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const map = useRef(/** @type {PictureMap | null} */ (null));
  useEffect(() => {
    if (!canvas.current) return;
    const drawn = new PictureMap(canvas.current, app);
    map.current = drawn;
    return () => drawn.close();
  }, []);
  useEffect(() => map.current?.show(points), [points]);
  const keys = (/** @type {KeyboardEvent} */ event) => {
    const pan = { ArrowLeft: [PAN_PX, 0], ArrowRight: [-PAN_PX, 0], ArrowUp: [0, PAN_PX], ArrowDown: [0, -PAN_PX] }[event.key];
    if (pan) map.current?.pan(pan[0], pan[1]);
    else if (event.key === "+") map.current?.zoom(ZOOM);
    else if (event.key === "-") map.current?.zoom(1 / ZOOM);
    else if (event.key === "0") map.current?.reset();
    else return;
    event.preventDefault();
  };
  return (
    <div class="map">
      <h3 class="eyebrow">{text.map}</h3>
      <canvas ref={canvas} class="map-canvas" data-testid="map" tabIndex={0} role="application" aria-label={`${text.map}. ${text.mapHelp}`} title={text.mapHelp} onKeyDown={keys} onClick={(event) => { const example = map.current?.at(event.offsetX, event.offsetY); if (example && !map.current?.dragged) selection.click(example, false, []); }} />
      <div class="map-tools">
        <Choice testid="map-method" label={text.mapMethod} value={method} choices={text.mapMethods} onChange={(method) => void checks.arrange(method)} />
        <button type="button" class="button quiet square" data-testid="zoom-in" aria-label={text.zoomIn} title={text.zoomIn} onClick={() => map.current?.zoom(ZOOM)}>+</button>
        <button type="button" class="button quiet square" data-testid="zoom-out" aria-label={text.zoomOut} title={text.zoomOut} onClick={() => map.current?.zoom(1 / ZOOM)}>−</button>
        <button type="button" class="button quiet" data-testid="zoom-reset" onClick={() => map.current?.reset()}>{text.zoomReset}</button>
      </div>
    </div>
  );
}
