import { useEffect, useRef } from "preact/hooks";
import { text } from "../text/text.js";
import { useApp } from "../ui/app-context.js";
import { classColour } from "../ui/colours.js";
import { canvasColour } from "../ui/css-colour.js";
import { MINUTE_MS } from "./minute.js";

const EVERY_MS = 250;
const CALM_MS = 2000;
const WIDTH = 600; // canvas pixels for the minute
const HEIGHT = 40;

/** What was seen in the last minute, in the classes' colours; the surer, the taller. */
export function MinuteStrip() {
  const { minute, teach } = useApp();
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  useEffect(() => {
    const draw = () => {
      const pen = canvas.current?.getContext("2d");
      if (!pen || document.hidden) return;
      const now = performance.now();
      pen.clearRect(0, 0, WIDTH, HEIGHT);
      const { moments } = minute;
      for (const [place, { at, label, confidence }] of moments.entries()) {
        const end = moments[place + 1]?.at ?? at;
        const left = WIDTH * (1 - (now - at) / MINUTE_MS);
        const width = Math.max(2, (WIDTH * Math.min(1000, end - at)) / MINUTE_MS + 0.5);
        const height = label === null ? 6 : Math.max(6, HEIGHT * confidence);
        pen.fillStyle = canvasColour(pen.canvas, classColour(label === null ? -1 : teach.colour(label)));
        pen.fillRect(left, HEIGHT - height, width, height);
      }
    };
    draw();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const timer = setInterval(draw, calm ? CALM_MS : EVERY_MS);
    return () => clearInterval(timer);
  }, [minute]);
  return (
    <div class="minute">
      <h3 class="eyebrow">{text.lastMinute}</h3>
      <canvas ref={canvas} width={WIDTH} height={HEIGHT} role="img" aria-label={text.lastMinute} data-testid="minute" />
    </div>
  );
}
