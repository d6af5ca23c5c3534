import { language } from "../text/text.js";
import { sentenceOf } from "./sentence.js";

/** @import {Settings} from "../page/settings.js" */
/** @import {Teach} from "../teach/teach.js" */
/** @import {Live} from "./live.js" */

const SETTLED_MS = 600; // an answer must stay the same for so long before it is announced
const SCALE_HZ = [440, 523.3, 587.3, 659.3, 784, 880, 1046.5, 1174.7]; // a class has its tone: no two of them clash

/** Tells with a sound or aloud that the answer has changed, if somebody wants that. */
export class Voice {
  #live;
  #teach;
  #settings;
  /** @type {AudioContext | null} */
  #audio = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {string | null | undefined} undefined: nothing yet */
  #announced;
  /** @type {string | null | undefined} */
  #label;
  #unwatch;

  /** @param {{live: Live, teach: Teach, settings: Settings}} parts */
  constructor({ live, teach, settings }) {
    this.#live = live;
    this.#teach = teach;
    this.#settings = settings;
    this.#unwatch = live.state.watch(() => this.#follow());
  }

  /** @param {{sound?: boolean, speech?: boolean}} wanted called by a click: browsers let a page be heard only after one */
  want(wanted) {
    this.#settings.set(wanted);
    if (wanted.sound) this.#beep(0);
    if (wanted.speech) this.#speak();
    if (wanted.speech === false) window.speechSynthesis?.cancel();
  }

  close() {
    this.#unwatch();
    clearTimeout(this.#timer);
    window.speechSynthesis?.cancel();
    void this.#audio?.close();
  }

  #follow() {
    const { answer } = this.#live.state.value;
    const label = answer?.scores.length ? answer.label : undefined;
    if (label === this.#label) return;
    this.#label = label;
    clearTimeout(this.#timer);
    if (label !== undefined) this.#timer = setTimeout(() => this.#announce(), SETTLED_MS);
  }

  #announce() {
    const { answer } = this.#live.state.value;
    if (!answer || this.#label === this.#announced) return;
    this.#announced = this.#label;
    const { sound, speech } = this.#settings.value;
    if (sound && answer.label !== null) this.#beep(this.#teach.colour(answer.label));
    if (speech) this.#speak();
  }

  #speak() {
    const { answer } = this.#live.state.value;
    if (!answer?.scores.length || !window.speechSynthesis) return;
    window.speechSynthesis.cancel();
    window.speechSynthesis.speak(Object.assign(new SpeechSynthesisUtterance(sentenceOf(answer, this.#teach.taught)), { lang: language }));
  }

  /** @param {number} colour of the class */
  #beep(colour) {
    this.#audio ??= new AudioContext();
    void this.#audio.resume(); // one that was made before the first click on the page waits for it
    const tone = new OscillatorNode(this.#audio, { frequency: SCALE_HZ[Math.max(0, colour) % SCALE_HZ.length] });
    const volume = new GainNode(this.#audio, { gain: 0.15 });
    const now = this.#audio.currentTime;
    volume.gain.exponentialRampToValueAtTime(0.001, now + 0.25);
    tone.connect(volume).connect(this.#audio.destination);
    tone.start(now);
    tone.stop(now + 0.25);
  }
}
