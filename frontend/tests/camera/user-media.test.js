import assert from "node:assert/strict";
import test from "node:test";
import { problemOf } from "../../camera/user-media.js";

test("camera errors become reasons", () => {
  const named = (/** @type {string} */ name) => Object.assign(new Error("x"), { name });
  assert.equal(problemOf(named("NotAllowedError")), "refused");
  assert.equal(problemOf(named("NotFoundError")), "absent");
  assert.equal(problemOf(named("NotReadableError")), "busy");
  assert.equal(problemOf("?"), "failed");
});
