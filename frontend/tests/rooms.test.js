import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const FRONTEND = fileURLToPath(new URL("..", import.meta.url));
/** From the top down, as docs/architecture.md has them: a room knows those below it; rooms beside each other don't know each other. */
const FLOORS = [["page"], ["answer", "check", "widget"], ["teach"], ["camera"], ["phones"], ["connection"], ["ui"], ["text"], ["base"]];

/** What a file needs when it runs; types may come from anywhere. @param {string} source */
const imported = (source) => [...source.matchAll(/^(?:import|export) .*from "(\.[^"]+)";$/gm)].map(([, file]) => file);

test("each room imports from those below it only", async () => {
  const floor = (/** @type {string} */ room) => FLOORS.findIndex((rooms) => rooms.includes(room));
  const wrong = [];
  for (const room of FLOORS.flat()) {
    const files = (await readdir(path.join(FRONTEND, room))).filter((name) => /\.jsx?$/.test(name));
    assert.ok(files.length, room);
    for (const file of files) {
      for (const target of imported(await readFile(path.join(FRONTEND, room, file), "utf8"))) {
        const other = path.join(room, target).split(path.sep)[0];
        if (other !== room && floor(other) <= floor(room)) wrong.push(`${room}/${file} imports ${target}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});
