import { useStore } from "../base/store.js";
import { text } from "../text/text.js";
import { useApp } from "./app-context.js";
import { CrossIcon } from "./icons.jsx";

/** Where toasts.js's messages are shown. */
export function ToastList() {
  const { toasts } = useApp();
  const list = useStore(toasts.state, (store) => store.list);
  return (
    <div class="toasts" aria-live="polite">
      {list.map(({ id, kind, message, action }) => (
        <div key={id} class={`toast is-${kind}`} role={kind === "error" ? "alert" : undefined} data-testid={kind === "error" ? "toast" : "notice"}>
          <p>{message}</p>
          {action && <button type="button" class="button" data-testid="notice-action" onClick={() => { action.run(); toasts.dismiss(id); }}>{action.label}</button>}
          <button type="button" class="button quiet square" aria-label={text.dismiss} title={text.dismiss} onClick={() => toasts.dismiss(id)}><CrossIcon /></button>
        </div>
      ))}
    </div>
  );
}
