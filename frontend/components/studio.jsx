import { useEffect } from "preact/hooks";
import { AppProvider } from "../app.js";
import { AnswerPanel } from "./answer.jsx";
import { Banner } from "./banner.jsx";
import { Header } from "./header.jsx";
import { ShowPanel } from "./show.jsx";
import { TeachPanel } from "./teach-panel.jsx";
import { TestPanel } from "./test-panel.jsx";
import { ToastList } from "./toast-list.jsx";

/** @import {App} from "../app.js" */

/** @param {{app: App}} props */
export function Studio({ app }) {
  useEffect(() => {
    const ended = new AbortController();
    // a file dropped beside its target must not replace the page
    const stay = (/** @type {DragEvent} */ event) => event.preventDefault();
    if (app.page) for (const type of /** @type {const} */ (["dragover", "drop"])) window.addEventListener(type, stay, { signal: ended.signal });
    return () => ended.abort();
  }, [app]);
  return (
    <AppProvider value={app}>
      <Header />
      <Banner />
      <main class="columns">
        <ShowPanel />
        <TeachPanel />
        <AnswerPanel />
        <TestPanel />
      </main>
      <ToastList />
    </AppProvider>
  );
}
