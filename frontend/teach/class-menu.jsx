import { useStore } from "../base/store.js";
import { text } from "../text/text.js";
import { useApp } from "../ui/app-context.js";
import { MoreIcon } from "../ui/icons.jsx";
import { MenuItem, Popup } from "../ui/popup.jsx";

/**
 * What is done with a class now and then.
 * @param {{label: string, place: number, last: boolean, off: boolean, open: () => void}} props
 */
export function ClassMenu({ label, place, last, off, open }) {
  const { teach } = useApp();
  const orders = useStore(teach.store, ({ state }) => state?.redo !== undefined); // an older Python knows none of this
  return (
    <Popup label={text.classMenu(label)} testid="class-menu" icon={<MoreIcon />}>
      <MenuItem testid="all-pictures" onClick={open}>{text.allPictures}</MenuItem>
      {orders && (
        <>
          <MenuItem testid="enable-class" onClick={() => void teach.enable(label, off)}>{off ? text.enable : text.disable}</MenuItem>
          <MenuItem testid="move-up" disabled={place === 0} onClick={() => void teach.order(label, place - 1)}>{text.moveUp}</MenuItem>
          <MenuItem testid="move-down" disabled={last} onClick={() => void teach.order(label, place + 1)}>{text.moveDown}</MenuItem>
        </>
      )}
      <MenuItem testid="remove-class" onClick={() => void teach.remove(label)}>{text.removeClass}</MenuItem>
    </Popup>
  );
}
