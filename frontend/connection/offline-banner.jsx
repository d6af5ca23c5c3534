import { useStore } from "../base/store.js";
import { text } from "../text/text.js";
import { useApp } from "../ui/app-context.js";

const TRIES_UNTIL_ADVICE = 6;

/** Says that Python is gone, until it is back. */
export function OfflineBanner() {
  const { connection, teach, outbox } = useApp();
  const online = useStore(connection, (store) => store.online);
  const tries = useStore(connection, (store) => store.tries);
  useStore(teach.store, (store) => store.waiting);
  if (online || tries === 0) return null;
  return (
    <p class="banner" role="status" data-testid="offline">
      <span class="spinner" aria-hidden="true" />
      {tries < TRIES_UNTIL_ADVICE ? text.reconnecting : text.reconnectingLong}
      {outbox.size > 0 && ` ${text.waitingToSend(outbox.size)}`}
    </p>
  );
}
