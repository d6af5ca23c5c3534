import { useEffect, useRef } from "preact/hooks";
import { AnswerPanel } from "../answer/answer-panel.jsx";
import { TestPanel } from "../answer/test-panel.jsx";
import { useStore } from "../base/store.js";
import { CameraPanel } from "../camera/camera-panel.jsx";
import { CheckPanel } from "../check/check-panel.jsx";
import { useCheck } from "../check/use-check.js";
import { OfflineBanner } from "../connection/offline-banner.jsx";
import { PhoneDialog } from "../phones/phone-dialog.jsx";
import { AlbumDialog } from "../teach/album-dialog.jsx";
import { droppedFiles } from "../teach/dropped.js";
import { PlaceDialog } from "../teach/place-dialog.jsx";
import { SelectionBar } from "../teach/selection-bar.jsx";
import { TeachPanel } from "../teach/teach-panel.jsx";
import { language, text } from "../text/text.js";
import { AppProvider } from "../ui/app-context.js";
import { ToastList } from "../ui/toast-list.jsx";
import { useDrop } from "../ui/use-drop.js";
import { Header } from "./header.jsx";
import { Tabs } from "./tabs.jsx";
import { useFullScreen } from "./use-full-screen.js";
import { useKeys } from "./use-keys.js";

/** @import {App} from "./app.js" */

/** The whole of a view; drawn anew in another language. @param {{app: App}} props */
export function Layout({ app }) {
  const spoken = useStore(app.settings.store, (store) => store.language);
  useEffect(() => { if (app.page) document.documentElement.lang = language; }, [spoken]);
  return <AppProvider value={app}><Columns key={spoken} app={app} /></AppProvider>;
}

/** Which panel is where; layout.css says how many columns there are. @param {{app: App}} props */
function Columns({ app }) {
  const { view, files } = app;
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const tab = useStore(view, (store) => store.tab);
  const album = useStore(view, (store) => store.album !== null);
  const check = useCheck();
  const drop = useDrop((transfer) => void files.add(droppedFiles(transfer), null));
  useKeys(app, root);
  const fullScreen = useFullScreen(app, root);
  return (
    <div ref={root} class={`root ${fullScreen ? "is-full-screen" : check.open ? "has-check" : ""}`} data-tab={fullScreen ? undefined : tab} {...drop.handlers}>
      <Header />
      <OfflineBanner />
      <main class="columns">
        <CameraPanel />
        <TeachPanel />
        <CheckPanel />
        <AnswerPanel />
        <TestPanel />
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
