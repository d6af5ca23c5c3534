import assert from "node:assert/strict";
import test from "node:test";
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
