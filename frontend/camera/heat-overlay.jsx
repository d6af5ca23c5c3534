import { useEffect, useRef } from "preact/hooks";
import { useStore } from "../base/store.js";
import { useApp } from "../ui/app-context.js";

const STRONGEST = 210; // opacity, of 255; from red to a pale yellow, like something that glows

/** Colours the square that the network saw. @param {{place: Record<string, string>}} props `place`: the square's style */
export function HeatOverlay({ place }) {
  const { heat } = useApp();
  const map = useStore(heat.store, (store) => store.map);
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  useEffect(() => {
    const pen = canvas.current?.getContext("2d");
    if (!map || !pen) return;
    const { rows, columns, values } = map;
    const picture = pen.createImageData(columns, rows);
    for (const [index, value] of values.entries()) picture.data.set([255, 60 + 0.75 * value, 0.3 * value, (STRONGEST * value) / 255], 4 * index);
    pen.putImageData(picture, 0, 0);
  }, [map]);
  if (!map) return null;
  return <canvas ref={canvas} class="heat" data-testid="heat-map" width={map.columns} height={map.rows} style={place} aria-hidden="true" />;
}
