import assert from "node:assert/strict";
import test from "node:test";
import { median, percent } from "../../base/format.js";
import { cleanName, freeName, LONGEST_NAME, nameProblem } from "../../teach/names.js";

test("percent leaves 0 and 100 to certainty", () => {
  assert.deepEqual([0, 0.0001, 0.004, 0.974, 0.996, 0.9999, 1].map(percent), [0, 1, 1, 97, 99, 99, 100]);
});

test("the median is the middle one", () => {
  assert.equal(median([30, 10, 20]), 20);
  assert.ok(Number.isNaN(median([])));
});

test("names are tidied", () => {
  assert.equal(cleanName("  my \t mug\n"), "my mug");
  assert.equal(cleanName("u\u0308"), "ü");
});

test("a name is there, short, and not taken", () => {
  assert.equal(nameProblem("mug", ["cup"]), null);
  assert.match(nameProblem("", []) ?? "", /needs a name/);
  assert.match(nameProblem("MUG", ["mug"]) ?? "", /already a class “mug”/);
  assert.equal(nameProblem("🦉".repeat(LONGEST_NAME), []), null);
  assert.match(nameProblem("x".repeat(LONGEST_NAME + 1), []) ?? "", /at most/);
});

test("a new class gets a free name", () => {
  assert.equal(freeName([]), "Class 1");
  assert.equal(freeName(["mug"]), "Class 2");
  assert.equal(freeName(["mug", "class 3"]), "Class 4");
});
