import { useApp } from "../app.js";
import { useStore } from "../store.js";
import { text } from "../text.js";

export function Header() {
  const { teach } = useApp();
  const state = useStore(teach.store, (store) => store.state);
  return (
    <header class="header">
      <h1 class="brand"><span class="brand-mark" aria-hidden="true" />{text.product}</h1>
      {state && <p class="dataset" title={state.path}>{state.dataset}</p>}
      {state && <p class="kept" title={state.path}>{text.kept(state.path)}</p>}
    </header>
  );
}
