import { useEffect, useRef } from "preact/hooks";
import { useStore } from "../base/store.js";
import { text } from "../text/text.js";
import { useApp } from "../ui/app-context.js";
import { useVisible } from "../ui/use-visible.js";
import { Findings } from "./findings.jsx";
import { MapView } from "./map-view.jsx";
import { ReportView } from "./report-view.jsx";
import { useCheck } from "./use-check.js";

/** How well it works, and what could be better; asked for only while it is on the screen. */
export function CheckPanel() {
  const { checks } = useApp();
  const { enough, busy, report, said, findings, points, problem } = useStore(checks.store, (store) => store);
  const panel = useRef(/** @type {HTMLElement | null} */ (null));
  const visible = useVisible(panel);
  useEffect(() => checks.show(visible), [visible]);
  const { open } = useCheck();
  const before = useRef(open);
  useEffect(() => {
    if (open && !before.current && panel.current) bringIntoSight(panel.current);
    before.current = open;
  }, [open]);
  return (
    <section ref={panel} id="showtell-check" class="panel check" aria-labelledby="showtell-check-title" data-testid="check">
      <div class="panel-head">
        <h2 class="eyebrow" id="showtell-check-title">{text.check}</h2>
        {busy && <p class="busy" role="status" data-testid="checking"><span class="spinner" aria-hidden="true" />{text.checking}</p>}
      </div>
      {!enough && !report && <p class="hint">{text.checkLater}</p>}
      {problem && !busy && <p class="hint" role="status">{problem}</p>}
      {report && <ReportView report={report} said={said} />}
      {findings && <Findings findings={findings} />}
      {points && points.length > 0 && <MapView points={points} />}
    </section>
  );
}

/** Where it unfolds so far down that nobody would see it. @param {HTMLElement} panel */
function bringIntoSight(panel) {
  if (panel.getBoundingClientRect().top > 0.7 * innerHeight) panel.scrollIntoView({ block: "start" });
}
