import { useEffect, useRef } from "preact/hooks";
import { AnswerPanel } from "../answer/answer-panel.jsx";
import { TestPanel } from "../answer/test-panel.jsx";
import { useStore } from "../base/store.js";
import { ShowPanel } from "../camera/camera-panel.jsx";
import { CheckPanel } from "../check/check-panel.jsx";
import { Banner } from "../connection/offline-banner.jsx";
import { PhoneDialog } from "../phones/phone-dialog.jsx";
import { AlbumDialog } from "../teach/album-dialog.jsx";
import { foundIn } from "../teach/dropped.js";
import { PlaceDialog } from "../teach/place-dialog.jsx";
import { SelectionBar } from "../teach/selection-bar.jsx";
import { TeachPanel } from "../teach/teach-panel.jsx";
import { language, text } from "../text/text.js";
import { ToastList } from "../ui/toast-list.jsx";
import { useDrop } from "../ui/use-drop.js";
import { AppProvider } from "./app.js";
import { Header } from "./header.jsx";
import { Tabs } from "./tabs.jsx";
import { useStage } from "./use-full-screen.js";
import { useKeys } from "./use-keys.js";

/** @import {App} from "./app.js" */

/** @param {{app: App}} props */
export function Studio({ app }) {
  const spoken = useStore(app.settings.store, (store) => store.language);
  useEffect(() => { if (app.page) document.documentElement.lang = language; }, [spoken]);
  return <AppProvider value={app}><Columns key={spoken} app={app} /></AppProvider>;
}

/** @param {{app: App}} props */
function Columns({ app }) {
  const { view, checks, settings, files } = app;
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const tab = useStore(view, (store) => store.tab);
  const album = useStore(view, (store) => store.album !== null);
  const check = useStore(settings.store, (store) => store.check);
  const enough = useStore(checks.store, (store) => store.enough || store.report !== null);
  const drop = useDrop((transfer) => void files.take(foundIn(transfer), null));
  useKeys(app, root);
  const stage = useStage(app, root);
  return (
    <div ref={root} class={`root ${stage ? "is-stage" : ""} ${check && enough ? "has-check" : ""}`} data-tab={tab} {...drop.handlers}>
      <Header />
      <Banner />
      <main class="columns">
        <div class="column"><ShowPanel /><TeachPanel /></div>
        <div class="column"><CheckPanel /></div>
        <div class="column"><AnswerPanel /><TestPanel /></div>
      </main>
      <Tabs />
      {!album && <SelectionBar />}
      {drop.over && <p class="drop-anywhere" aria-hidden="true">{text.dropAnywhere}</p>}
      <AlbumDialog />
      <PlaceDialog />
      {app.phones && <PhoneDialog phones={app.phones} />}
      <ToastList />
    </div>
  );
}
