import { useStore } from "../base/store.js";
import { text } from "../text/text.js";
import { PhoneIcon } from "../ui/icons.jsx";

/** @import {Phones} from "./phones.js" */

/** @param {{phones: Phones}} props */
export function AddPhoneButton({ phones }) {
  const allowed = useStore(phones.store, (store) => store.allowed);
  if (!allowed) return null;
  return <button type="button" class="button quiet add-phone" data-testid="add-phone" aria-haspopup="dialog" title={text.addPhone} onClick={() => void phones.open()}><PhoneIcon /><span class="button-text">{text.addPhone}</span></button>;
}
