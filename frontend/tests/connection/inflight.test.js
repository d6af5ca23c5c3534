import assert from "node:assert/strict";
import test from "node:test";
import { InFlight } from "../../connection/inflight.js";

test("two frames are out at most", () => {
  const flight = new InFlight();
  assert.ok(flight.room(0));
  flight.begin(1, 0);
  assert.ok(flight.room(30));
  flight.begin(2, 30);
  assert.ok(!flight.room(60));
  flight.end(1);
  assert.ok(flight.room(61));
});

test("a frame without an answer is forgotten after a second", () => {
  const flight = new InFlight();
  flight.begin(1, 0);
  flight.begin(2, 500);
  assert.ok(!flight.room(999));
  assert.ok(flight.room(1000));
  assert.equal(flight.size, 1);
});

test("an answer that a newer one overtook is not shown", () => {
  const flight = new InFlight();
  assert.ok(flight.show(2));
  assert.ok(!flight.show(1));
  assert.ok(!flight.show(2));
  assert.ok(flight.show(3));
});
