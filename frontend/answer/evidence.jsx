import { useEffect, useRef, useState } from "preact/hooks";
import { useThumbs } from "../teach/use-thumbs.js";
import { text } from "../text/text.js";
import { useApp } from "../ui/app-context.js";
import { classColour } from "../ui/colours.js";

/** @import {Answer, Neighbour} from "../connection/types.js" */

const SHOWN = 5;
const CHANGE_EVERY_MS = 350;

/** The taught pictures that look most like this one; they change calmly. @param {{answer: Answer | null}} props */
export function Evidence({ answer }) {
  const { teach } = useApp();
  const latest = useRef(answer);
  latest.current = answer;
  const [nearest, setNearest] = useState(/** @type {Neighbour[]} */ ([]));
  useEffect(() => {
    const look = () => setNearest(latest.current?.evidence.slice(0, SHOWN) ?? []);
    look();
    const timer = setInterval(look, CHANGE_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const url = useThumbs(nearest.flatMap(({ example }) => example ?? []));
  return (
    <div class="evidence">
      <h3 class="eyebrow">{text.nearest}</h3>
      <ul>
        {Array.from({ length: SHOWN }, (_, index) => {
          const one = nearest[index];
          const src = one?.example ? url(one.example) : undefined;
          return (
            <li key={index} class="neighbour" style={{ "--class": classColour(one ? teach.colour(one.label) : -1) }} title={one?.label}>
              {src && <img src={src} alt={one.label} />}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
