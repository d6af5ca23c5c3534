import { useStore } from "../base/store.js";
import { text } from "../text/text.js";
import { useApp } from "../ui/app-context.js";
import { CameraIcon, CheckIcon, EyeIcon } from "../ui/icons.jsx";

const TABS = /** @type {const} */ ([["show", "teach", CameraIcon], ["check", "check", CheckIcon], ["use", "use", EyeIcon]]);

/** Show, check, use: where the screen has room for one step at a time. */
export function Tabs() {
  const { view } = useApp();
  const tab = useStore(view, (store) => store.tab);
  return (
    <nav class="tabs" aria-label={text.steps}>
      {TABS.map(([name, word, Icon]) => (
        <button key={name} type="button" class="tab" data-testid={`tab-${name}`} aria-current={tab === name ? "page" : undefined} onClick={() => { view.update({ tab: name }); window.scrollTo(0, 0); }}>
          <Icon />{text[word]}
        </button>
      ))}
    </nav>
  );
}
