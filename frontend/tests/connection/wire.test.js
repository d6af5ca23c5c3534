import assert from "node:assert/strict";
import test from "node:test";
import { decode, encode } from "../../connection/wire.js";

test("a message comes back as it was sent", () => {
  const content = { type: "add", ref: 7, label: 'Grüße "🦉"', burst: null };
  const { content: back, buffer } = decode(encode(content, new Uint8Array([0, 255, 1])));
  assert.deepEqual(back, content);
  assert.deepEqual([...buffer], [0, 255, 1]);
});

test("the bytes are those of docs/protocol.md", () => {
  assert.deepEqual([...new Uint8Array(encode({ type: "é" }, new Uint8Array([9]).buffer))], [13, 0, 0, 0, ...Buffer.from('{"type":"é"}', "utf8"), 9]);
});

test("a buffer may be empty, or a window on a larger one", () => {
  assert.equal(decode(encode({ type: "hello" })).buffer.length, 0);
  const view = new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2);
  assert.deepEqual([...decode(encode({ type: "frame" }, view)).buffer], [2, 3]);
});

test("broken messages are refused", () => {
  assert.throws(() => decode(new ArrayBuffer(3)), /at least 4 bytes/);
  assert.throws(() => decode(new Uint8Array([9, 0, 0, 0, 123]).buffer), /should have 9 bytes, only 1/);
  assert.throws(() => decode(new Uint8Array([1, 0, 0, 0, 123]).buffer), SyntaxError);
});
