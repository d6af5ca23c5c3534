import assert from "node:assert/strict";
import test from "node:test";
import { unique } from "../../base/unique.js";
import { problemOf } from "../../camera/camera.js";
import { pause_ms, socketUrl } from "../../connection/socket.js";

test("the websocket is beside the page", () => {
  assert.equal(socketUrl("http://127.0.0.1:8000/token/"), "ws://127.0.0.1:8000/token/ws");
  assert.equal(socketUrl("https://mug.local/token/?a=b#c"), "wss://mug.local/token/ws");
});

test("pauses between tries grow to four seconds", () => {
  const pauses = [1, 2, 3, 4, 5, 6, 20].map(pause_ms);
  assert.equal(pauses[0], 250);
  assert.deepEqual(pauses, [...pauses].sort((a, b) => a - b));
  assert.equal(pauses.at(-1), 4000);
});

test("each press of the button has its own burst", () => {
  assert.equal(new Set(Array.from({ length: 100 }, unique)).size, 100);
});

test("camera errors become reasons", () => {
  const named = (/** @type {string} */ name) => Object.assign(new Error("x"), { name });
  assert.equal(problemOf(named("NotAllowedError")), "refused");
  assert.equal(problemOf(named("NotFoundError")), "absent");
  assert.equal(problemOf(named("NotReadableError")), "busy");
  assert.equal(problemOf("?"), "failed");
});
