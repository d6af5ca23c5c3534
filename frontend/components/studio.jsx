import { useEffect, useRef } from "preact/hooks";
import { AppProvider } from "../app.js";
import { foundIn } from "../dropped.js";
import { useStore } from "../store.js";
import { language, text } from "../text.js";
import { AlbumDialog } from "./album.jsx";
import { AnswerPanel } from "./answer.jsx";
import { Banner } from "./banner.jsx";
import { CheckPanel } from "./check.jsx";
import { Header } from "./header.jsx";
import { PhoneDialog } from "./phone-dialog.jsx";
import { PlaceDialog } from "./place-dialog.jsx";
import { SelectionBar } from "./selection-bar.jsx";
import { ShowPanel } from "./show.jsx";
import { Tabs } from "./tabs.jsx";
import { TeachPanel } from "./teach-panel.jsx";
import { TestPanel } from "./test-panel.jsx";
import { ToastList } from "./toast-list.jsx";
import { useDrop } from "./use-drop.js";
import { useKeys } from "./use-keys.js";
import { useStage } from "./use-stage.js";

/** @import {App} from "../app.js" */

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
