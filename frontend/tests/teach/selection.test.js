import assert from "node:assert/strict";
import test from "node:test";
import { Selection } from "../../teach/selection.js";

const ROW = ["a", "b", "c", "d"];

function selection() {
  /** @type {unknown[]} */
  const asked = [];
  const teach = /** @type {any} */ ({ change: async (/** @type {unknown} */ content) => { asked.push(content); return true; } });
  return { it: new Selection(teach), asked };
}

test("a click takes one more or one less, Shift takes a row", () => {
  const { it } = selection();
  it.click("c", false, ROW);
  it.click("a", true, ROW);
  assert.deepEqual(it.list.sort(), ["a", "b", "c"]);
  it.click("b", false, ROW);
  assert.deepEqual(it.list.sort(), ["a", "c"]);
  it.click("x", true, ["x", "y"]);
  assert.deepEqual(it.list.sort(), ["a", "c", "x"], "a range begins in its own row");
});

test("an action on a chosen picture is about all chosen ones, on another about it alone", () => {
  const { it } = selection();
  it.addAll(["a", null, "b"]);
  assert.deepEqual(it.targets("a"), ["a", "b"]);
  assert.deepEqual(it.targets("c"), ["c"]);
});

test("what is moved or removed is no longer chosen", async () => {
  const { it, asked } = selection();
  it.addAll(["a", "b", "c"]);
  await it.move("cup", ["a"]);
  assert.deepEqual(it.list, ["b", "c"]);
  await it.remove();
  assert.deepEqual(it.list, []);
  assert.deepEqual(asked, [{ type: "move_examples", examples: ["a"], to: "cup" }, { type: "remove_examples", examples: ["b", "c"] }]);
});
