import { useStore } from "../base/store.js";
import { text } from "../text/text.js";
import { useApp } from "../ui/app-context.js";
import { CameraIcon, FlipIcon, GearIcon, EyeIcon, MirrorIcon, PowerIcon } from "../ui/icons.jsx";
import { Choice, Popup, Switch } from "../ui/popup.jsx";
import { SIZES } from "./camera.js";

const LENGTHS = [2, 3, 5, 10]; // seconds of a timed recording

/** Which camera, and how: below its picture. */
export function CameraControls() {
  const { camera, heat, settings, teach } = useApp();
  const { devices, device, mirror, status, size } = useStore(camera.state, (store) => store);
  const hot = useStore(heat.store, (store) => store.on);
  const seconds = useStore(settings.store, (store) => store.seconds);
  const taught = useStore(teach.store, () => teach.taught > 1);
  return (
    <div class="controls">
      <label class="select">
        <CameraIcon />
        <span class="visually-hidden">{text.camera}</span>
        <select data-testid="camera-select" value={device} disabled={devices.length === 0} onChange={(event) => void camera.choose(event.currentTarget.value)}>
          {devices.length === 0 && <option value="">{text.camera}</option>}
          {devices.map(({ id, label }, index) => <option key={id} value={id}>{label || text.cameraNumber(index + 1)}</option>)}
        </select>
      </label>
      {status === "on" && devices.length > 1 && <button type="button" class="button quiet square" data-testid="flip" aria-label={text.cameraFlip} title={text.cameraFlip} onClick={() => void camera.flip()}><FlipIcon /></button>}
      {status === "on" && taught && <button type="button" class="button quiet" data-testid="heat" aria-pressed={hot} title={text.heatHelp} onClick={() => heat.set(!hot)}><EyeIcon /><span class="button-text">{text.heat}</span></button>}
      <Popup label={text.cameraOptions} testid="camera-options" icon={<GearIcon />}>
        <Switch testid="mirror" checked={mirror} onChange={(mirror) => camera.setMirror(mirror)}><MirrorIcon />{text.mirror}</Switch>
        <Choice testid="resolution" label={text.resolution} value={size} choices={Object.fromEntries(Object.keys(SIZES).map((size) => [size, size]))} onChange={(size) => void camera.resize(size)} />
        <Choice testid="seconds" label={text.timed} value={String(seconds)} choices={Object.fromEntries(LENGTHS.map((length) => [String(length), text.seconds(length)]))} onChange={(length) => settings.set({ seconds: Number(length) })} />
      </Popup>
      {status === "on" && <button type="button" class="button quiet square" data-testid="camera-off" aria-label={text.cameraTurnOff} title={text.cameraTurnOff} onClick={() => camera.stop()}><PowerIcon /></button>}
    </div>
  );
}
