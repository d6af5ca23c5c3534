import assert from "node:assert/strict";
import test from "node:test";
import { setImmediate as soon } from "node:timers/promises";
import { Outbox } from "../../connection/outbox.js";

function fixture({ limit = 2 } = {}) {
  /** @type {any[]} */
  const sent = [];
  let ref = 0;
  const outbox = new Outbox({ send: (content, bytes) => sent.push({ ...content, bytes: bytes.byteLength }), nextRef: () => ++ref, limit });
  const push = (label = "mug") => outbox.push({ label, burst: "b", name: null, batch: null, body: new Blob(["123"]) });
  const saved = (/** @type {number} */ to) => outbox.receive({ type: "saved", ref: to, label: "mug", example: `mug/${to}.jpg`, count: to });
  return { outbox, sent, push, saved, refs: () => sent.map((message) => message.ref) };
}

test("only so many are in flight, in the order of pushing", async () => {
  const { outbox, push, saved, refs, sent } = fixture();
  outbox.connection(true);
  const all = [push(), push(), push(), push()];
  await soon();
  await soon();
  assert.deepEqual(refs(), [1, 2]);
  assert.deepEqual(sent[0], { type: "add", ref: 1, label: "mug", burst: "b", name: null, batch: null, again: false, bytes: 3 });
  saved(1);
  await soon();
  assert.deepEqual(refs(), [1, 2, 3]);
  assert.equal((await all[0]).example, "mug/1.jpg");
  assert.equal(outbox.size, 3);
});

test("after a reconnect everything unacknowledged is sent again, first and in order", async () => {
  const { outbox, push, saved, refs, sent } = fixture();
  outbox.connection(true);
  const all = [push(), push(), push()];
  await soon();
  await soon();
  saved(1);
  await soon();
  assert.deepEqual(refs(), [1, 2, 3]);
  outbox.connection(false);
  const late = push();
  await soon();
  assert.deepEqual(refs(), [1, 2, 3]);
  outbox.connection(true);
  await soon();
  await soon();
  assert.deepEqual(refs(), [1, 2, 3, 2, 3]);
  assert.deepEqual(sent.map(({ again }) => again), [false, false, false, true, true]);
  saved(2);
  saved(3);
  await soon();
  saved(4);
  assert.deepEqual((await Promise.all([...all, late])).map(({ ref }) => ref), [1, 2, 3, 4]);
  assert.equal(outbox.size, 0);
});

test("a connection that breaks while a picture is being read sends it once, on the new one", async () => {
  const { outbox, push, refs } = fixture();
  outbox.connection(true);
  void push();
  outbox.connection(false);
  outbox.connection(true);
  await soon();
  await soon();
  assert.deepEqual(refs(), [1]);
});

test("a refused picture says why and makes room", async () => {
  const { outbox, push, refs } = fixture({ limit: 1 });
  outbox.connection(true);
  const bad = push();
  const good = push();
  await soon();
  outbox.receive({ type: "error", ref: 1, message: "not a picture" });
  await assert.rejects(bad, /not a picture/);
  await soon();
  assert.deepEqual(refs(), [1, 2]);
  outbox.receive({ type: "saved", ref: 2, label: "mug", example: "x", count: 1 });
  await good;
});

test("waiting pictures follow a renamed class and leave with a removed one", async () => {
  const { outbox, push, sent } = fixture({ limit: 1 });
  const first = push("mug");
  const gone = push("cup");
  outbox.relabel("mug", "pot");
  assert.deepEqual({ ...outbox.waiting }, { pot: 1, cup: 1 });
  outbox.drop("cup");
  await assert.rejects(gone, { name: "AbortError" });
  outbox.connection(true);
  await soon();
  assert.equal(sent[0].label, "pot");
  outbox.receive({ type: "saved", ref: 1, label: "pot", example: "x", count: 1 });
  await first;
});

test("replies to others are none of its business", () => {
  const { outbox } = fixture();
  outbox.receive({ type: "error", ref: null, message: "x" });
  outbox.receive({ type: "done", ref: 99 });
  assert.equal(outbox.size, 0);
});
