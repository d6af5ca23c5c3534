import assert from "node:assert/strict";
import test from "node:test";
import { certainties } from "../../answer/certainty.js";

/** @param {Partial<import("../../connection/types.js").Answer>} some @returns {import("../../connection/types.js").Answer} */
const answer = (some) => ({ type: "answer", ref: 1, sentence: "", label: "mug", confidence: 0.9, familiarity: 0.8, scores: [["mug", 1], ["star", 0]], evidence: [], ms: 1, ...some });

test("the bar of what is named says what the sentence says, and nothing is lost", () => {
  const { classes, other } = certainties(answer({ confidence: 0.6, scores: [["mug", 0.75], ["star", 0.25]] }));
  assert.ok(Math.abs(Number(classes.get("mug")) - 0.6) < 1e-12);
  assert.ok(Math.abs(Number(classes.get("star")) - 0.2) < 1e-12);
  assert.ok(Math.abs(other - 0.2) < 1e-12);
});

test("what is unknown is mostly something else, however alike the classes are", () => {
  const { classes, other } = certainties(answer({ label: null, confidence: 0.89, familiarity: 0.1 }));
  assert.deepEqual([classes.get("mug"), classes.get("star"), other], [0.1, 0, 0.9]);
});

test("before anything is taught there are no bars to fill", () => {
  assert.deepEqual(certainties(answer({ label: null, confidence: 0, scores: [] })), { classes: new Map(), other: 1 });
});
