import assert from "node:assert/strict";
import test from "node:test";
import { Identities } from "../../teach/identities.js";

test("a class keeps its card and colour through a rename and when its neighbour goes", () => {
  const ids = new Identities();
  ids.show(["mug", "pen"]);
  const pen = ids.get("pen");
  assert.equal(pen?.colour, 1);
  ids.rename("pen", "pencil");
  ids.show(["mug", "pencil"]);
  assert.deepEqual(ids.get("pencil"), pen);
  assert.equal(ids.get("pen"), undefined);
  ids.show(["pencil"]);
  ids.show(["pencil", "key"]);
  assert.deepEqual(ids.get("pencil"), pen);
  assert.equal(ids.get("key")?.colour, 0);
  assert.notEqual(ids.get("key")?.key, pen?.key);
});

test("the newest name of a card is known before anybody else knows it, and after it was taken back", () => {
  const ids = new Identities();
  ids.show(["mug", "star"]);
  const key = ids.get("mug")?.key ?? 0;
  ids.rename("mug", "cup");
  assert.equal(ids.labelOf(key), "cup");
  ids.rename("cup", "mug");
  assert.equal(ids.labelOf(key), "mug");
  ids.show(["star"]);
  assert.equal(ids.labelOf(key), undefined);
});
