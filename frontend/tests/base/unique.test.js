import assert from "node:assert/strict";
import test from "node:test";
import { unique } from "../../base/unique.js";

test("each press of the button has its own burst", () => {
  assert.equal(new Set(Array.from({ length: 100 }, unique)).size, 100);
});
