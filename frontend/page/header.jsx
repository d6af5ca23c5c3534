import { useStore } from "../base/store.js";
import { useCheck } from "../check/use-check.js";
import { OpenButton } from "../teach/open-button.jsx";
import { text, TEXTS } from "../text/text.js";
import { useApp } from "../ui/app-context.js";
import { CheckIcon, SaveIcon } from "../ui/icons.jsx";

/** The dataset's name, its export, the check's button, the language. */
export function Header() {
  const { teach, files, settings } = useApp();
  const state = useStore(teach.store, (store) => store.state);
  const language = useStore(settings.store, (store) => store.language);
  const progress = useStore(files.store, (store) => store.progress);
  const pictures = state?.classes.some(({ count }) => count > 0);
  return (
    <header class="header">
      <h1 class="brand"><span class="brand-mark" aria-hidden="true" />{text.product}</h1>
      {state && <p class="dataset" title={text.kept(state.path)}>{state.dataset}</p>}
      <p class="progress" role="status" data-testid="progress">{progress && <><span class="spinner" aria-hidden="true" />{progress}</>}</p>
      <CheckButton />
      <OpenButton />
      {pictures && state?.redo !== undefined && <button type="button" class="button quiet square" data-testid="export" disabled={progress !== null} aria-label={text.exportZip} title={text.exportZip} onClick={() => void files.export()}><SaveIcon /></button>}
      <label class="language">
        <span class="visually-hidden">{text.language}</span>
        <select data-testid="language" value={language} onChange={(event) => settings.set({ language: event.currentTarget.value })}>
          {Object.entries(TEXTS).map(([code, { languageName }]) => <option key={code} value={code} lang={code} title={languageName}>{code.toUpperCase()}</option>)}
        </select>
      </label>
    </header>
  );
}

/** Unfolds the check; there is nothing to check in the first minute, so it is not there then. */
function CheckButton() {
  const { settings } = useApp();
  const { enough, open } = useCheck();
  if (!enough) return null;
  return <button type="button" class="button check-button" data-testid="check-button" aria-expanded={open} aria-controls="showtell-check" onClick={() => settings.set({ check: !open })}><CheckIcon />{text.check}</button>;
}
