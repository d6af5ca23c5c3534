import assert from "node:assert/strict";
import test from "node:test";
import { Steady } from "../../answer/steady.js";

/** @import {Answer} from "../../connection/types.js" */

/** @param {string | null} label @returns {Answer} */
const seen = (label) => ({ type: "answer", ref: 1, sentence: "", label, confidence: label ? 0.9 : 0.5, familiarity: label ? 0.8 : 0.1, scores: [["mug", label === "mug" ? 1 : 0], ["star", label === "star" ? 1 : 0]], evidence: [], ms: 1 });

/** @param {import("../../answer/steady.js").Steadiness} steadiness @param {(string | null)[]} labels one each 33 ms */
const shown = (steadiness, labels) => {
  const steady = new Steady();
  return labels.map((label, frame) => steady.next(seen(label), 33 * frame, steadiness).label);
};
const often = (/** @type {string | null} */ label, /** @type {number} */ times) => Array(times).fill(label);

test("a flicker of one frame does not show", () => {
  assert.deepEqual(new Set(shown("short", [...often("mug", 10), "star", ...often("mug", 10)])), new Set(["mug"]));
  assert.deepEqual(new Set(shown("short", [...often("mug", 10), null, ...often("mug", 10)])), new Set(["mug"]));
});

test("off shows every frame as it is", () => {
  assert.deepEqual(shown("off", ["mug", "star", null, "mug"]), ["mug", "star", null, "mug"]);
});

test("a real change shows within a third of a second, steadier ones later", () => {
  const change = [...often("mug", 60), ...often("star", 60)];
  const frames = (/** @type {import("../../answer/steady.js").Steadiness} */ steadiness) => shown(steadiness, change).indexOf("star") - 60;
  assert.ok(frames("short") <= 10, String(frames("short")));
  assert.ok(frames("long") > frames("short") && frames("long") < 60);
  assert.equal(shown("short", [...often("mug", 60), ...often(null, 10)]).at(-1), null);
});

test("what does not change keeps its confidence", () => {
  const steady = new Steady();
  let last;
  for (let frame = 0; frame < 30; frame++) last = steady.next(seen("mug"), 33 * frame, "long");
  assert.ok(last && Math.abs(last.confidence - 0.9) < 1e-9 && Math.abs(last.familiarity - 0.8) < 1e-9);
});

test("the first answer with scores is shown as it is, not as one that grew from nothing", () => {
  const steady = new Steady();
  steady.next({ ...seen(null), scores: [] }, 0, "long");
  assert.deepEqual(steady.next(seen("mug"), 33, "long"), seen("mug"));
});

test("after a pause nothing of before is left", () => {
  const steady = new Steady();
  steady.next(seen("mug"), 0, "long");
  assert.equal(steady.next(seen("star"), 10_000, "long").label, "star");
});
