import { useStore } from "../base/store.js";
import { useApp } from "../ui/app-context.js";

/** Is there enough to check, and is the check unfolded? */
export function useCheck() {
  const { checks, settings } = useApp();
  const enough = useStore(checks.store, (store) => store.enough || store.report !== null);
  const open = useStore(settings.store, (store) => store.check);
  return { enough, open: enough && open };
}
