import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { setLanguage, TEXTS } from "../../text/text.js";
import { translate } from "../../text/translate.js";

test("every language says what Python can say", async () => {
  const codes = JSON.parse(await readFile(new URL("../codes.json", import.meta.url), "utf8"));
  const samples = { count: 3, of: 9, most: 8, usual: 20, percent: 30, labels: ["mug", "star"], kind: "dark" };
  assert.deepEqual(Object.keys(TEXTS.de.sentences).sort(), Object.keys(codes).sort(), "German: a sentence for each code, and no other");
  assert.deepEqual(Object.keys(TEXTS.en.sentences).filter((code) => !(code in codes)), [], "English is Python's own but for some");
  for (const [language, { sentences }] of Object.entries(TEXTS)) {
    for (const [code, names] of Object.entries(codes)) {
      const values = Object.fromEntries(names.map((/** @type {keyof typeof samples} */ name) => [name, samples[name] ?? `<${name}>`]));
      const sentence = sentences[code]?.(values) ?? "Python's own";
      assert.ok(sentence.trim() && !/undefined|NaN|null|\[object/.test(sentence), `${language}, ${code}: ${sentence}`);
      if ("count" in values) assert.notEqual(sentences[code]?.({ ...values, count: 1 }) ?? "", sentences[code]?.(values), code);
    }
  }
});

test("a sentence of Python's is told in the page's language, with those inside it", () => {
  const reason = { code: "picture-empty", text: "the file is empty; expected a picture", values: {} };
  const whole = { code: "of", text: "a.jpg: the file is empty; expected a picture", values: { name: "a.jpg", reason } };
  assert.equal(translate(whole, whole.text), whole.text);
  assert.equal(translate({ code: "no-undo", text: "nothing to undo in /x", values: {} }, "nothing to undo in /x"), "Nothing to undo");
  const needed = { code: "label-needed", text: "say which (--label NAME)", values: {} };
  const video = { code: "of", text: "a.zip: say which (--label NAME)", values: { name: "a.zip", reason: needed } };
  assert.equal(translate(video, video.text), "a.zip: what does it show? Drop it on its class");
  setLanguage("de");
  assert.equal(translate(whole, whole.text), "a.jpg: Die Datei ist leer.");
  assert.equal(translate({ code: "of", text: "", values: { name: "a.jpg", reason: "no code" } }, ""), "a.jpg: no code");
  assert.equal(translate({ code: "unheard-of", text: "x", values: {} }, "as it is"), "as it is");
  assert.equal(translate(null, "as it is"), "as it is");
  setLanguage("en");
});
