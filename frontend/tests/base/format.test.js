import assert from "node:assert/strict";
import test from "node:test";
import { median, percent, percentOf } from "../../base/format.js";

test("percent leaves 0 and 100 to certainty", () => {
  assert.deepEqual([0, 0.0001, 0.004, 0.974, 0.996, 0.9999, 1].map(percent), [0, 1, 1, 97, 99, 99, 100]);
});

test("many small shares don't add up to more than there is", () => {
  assert.deepEqual([0, 0.0001, 0.0049, 0.006, 0.974, 1].map(percentOf), ["0", "<1", "<1", "1", "97", "100"].map((number) => `${number} %`));
});

test("the median is the middle one", () => {
  assert.equal(median([30, 10, 20]), 20);
  assert.ok(Number.isNaN(median([])));
});
