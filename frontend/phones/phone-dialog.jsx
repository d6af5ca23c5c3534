import { useEffect, useState } from "preact/hooks";
import { clock } from "../base/format.js";
import { useStore } from "../base/store.js";
import { text } from "../text/text.js";
import { Dialog } from "../ui/dialog.jsx";

/** @import {Invitation, Phones} from "./phones.js" */

/** Lets a phone in: a code to scan, or an address to type. @param {{phones: Phones}} props */
export function PhoneDialog({ phones }) {
  const { open, invitation, problem } = useStore(phones.store, (store) => store);
  if (!open) return null;
  return (
    <Dialog title={text.phoneTitle} testid="phone-dialog" onClose={() => phones.close()}>
      {problem && <p class="phone-problem" role="alert">{problem}</p>}
      {invitation && <Code key={invitation.url} invitation={invitation} />}
      {!invitation && !problem && <p class="hint" role="status"><span class="spinner" aria-hidden="true" />{text.phoneWait}</p>}
      <button type="button" class="button" data-testid="phone-again" onClick={() => void phones.invite()}>{text.phoneAgain}</button>
    </Dialog>
  );
}

/** @param {{invitation: Invitation}} props */
function Code({ invitation: { url, qr, fingerprint, until } }) {
  const left = useSeconds(until);
  return (
    <div class="phone">
      <div class="phone-code">
        <img class={`phone-qr ${left ? "" : "is-over"}`} data-testid="phone-qr" src={qr} alt={text.phoneQr} />
        {left > 0
          ? <p class="hint" role="timer">{text.phoneLeft(clock(left))}</p>
          : <p class="phone-problem" role="alert">{text.phoneOver}</p>}
      </div>
      <ol class="phone-steps">
        <li>{text.phoneJoin}</li>
        <li>{text.phoneScan}<code class="phone-url" data-testid="phone-url">{url}</code></li>
        <li>{text.phoneWarning}<code class="phone-print" data-testid="phone-print">{fingerprint.split(":").map((pair, place) => <>{place > 0 && <>:<wbr /></>}{pair}</>)}</code></li>
      </ol>
    </div>
  );
}

/** Whole seconds until then, 0 when it is over. @param {number} until */
function useSeconds(until) {
  const now = () => Math.max(0, Math.ceil((until - Date.now()) / 1000));
  const [left, setLeft] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setLeft(now()), 250);
    return () => clearInterval(timer);
  }, [until]);
  return left;
}
