import assert from "node:assert/strict";
import test from "node:test";
import { cleanName, freeName, MAX_NAME_LENGTH, nameProblem } from "../../teach/names.js";

test("names are tidied", () => {
  assert.equal(cleanName("  my \t mug\n"), "my mug");
  assert.equal(cleanName("u\u0308"), "ü");
});

test("a name is there, short, and not taken", () => {
  assert.equal(nameProblem("mug", ["cup"]), null);
  assert.match(nameProblem("", []) ?? "", /needs a name/);
  assert.match(nameProblem("MUG", ["mug"]) ?? "", /already a class “mug”/);
  assert.equal(nameProblem("🦉".repeat(MAX_NAME_LENGTH), []), null);
  assert.match(nameProblem("x".repeat(MAX_NAME_LENGTH + 1), []) ?? "", /at most/);
});

test("a new class gets a free name", () => {
  assert.equal(freeName([]), "Class 1");
  assert.equal(freeName(["mug"]), "Class 2");
  assert.equal(freeName(["mug", "class 3"]), "Class 4");
});
