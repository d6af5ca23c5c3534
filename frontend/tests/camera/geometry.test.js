import assert from "node:assert/strict";
import test from "node:test";
import { centreSquare, frameSize } from "../../camera/geometry.js";

test("frames are sent in their proportions, the short side within limits", () => {
  const limits = { minSide: 320, maxSide: 480 };
  assert.deepEqual(frameSize(640, 480, limits), { width: 640, height: 480 });
  assert.deepEqual(frameSize(1920, 1080, limits), { width: 853, height: 480 });
  assert.deepEqual(frameSize(480, 640, { minSide: 240, maxSide: 240 }), { width: 240, height: 320 });
  assert.deepEqual(frameSize(320, 240, limits), { width: 427, height: 320 });
  assert.deepEqual(frameSize(640, 360, limits), { width: 640, height: 360 });
});

test("the network sees the square in the middle", () => {
  assert.deepEqual(centreSquare(640, 480), { x: 80, y: 0, side: 480 });
  assert.deepEqual(centreSquare(360, 480), { x: 0, y: 60, side: 360 });
  assert.deepEqual(centreSquare(5, 5), { x: 0, y: 0, side: 5 });
  assert.deepEqual(centreSquare(640, 480, 0.5), { x: 200, y: 120, side: 240 });
});
