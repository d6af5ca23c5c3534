import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { sentenceOf, sentenceParts } from "../../answer/sentence.js";
import { first, LANGUAGES } from "../../text/language.js";
import { speak, TEXTS } from "../../text/text.js";
import { tell } from "../../text/translate.js";
import { WORDS } from "../../widget/words.js";

/** @import {Answer} from "../../connection/types.js" */

/** @param {Partial<Answer>} some @returns {Answer} */
const answer = (some) => ({ type: "answer", ref: 1, sentence: "", label: null, confidence: 0, familiarity: 0, scores: [["mug", 0.6], ["star", 0.4]], evidence: [], ms: 1, ...some });

/** Paths of all words, and the words themselves, functions called with something. @param {object} words @returns {[string, string][]} */
function spelled(words, path = "") {
  return Object.entries(words).filter(([key]) => key !== "said").flatMap(([key, value]) => {
    const here = `${path}.${key}`;
    if (typeof value === "object") return spelled(value, here);
    const said = typeof value === "function" ? value(...Array(value.length).fill(2).map((two, place) => (here === ".once" ? ["mug"] : place ? "x" : two))) : value;
    return [[here, Array.isArray(said) ? said.join("") : said]];
  });
}

test("every language says what Python can say", async () => {
  const codes = JSON.parse(await readFile(new URL("../codes.json", import.meta.url), "utf8"));
  const samples = { count: 3, of: 9, most: 8, usual: 20, percent: 30, labels: ["mug", "star"], kind: "dark" };
  assert.deepEqual(Object.keys(TEXTS.de.said).sort(), Object.keys(codes).sort(), "German: a sentence for each code, and no other");
  assert.deepEqual(Object.keys(TEXTS.en.said).filter((code) => !(code in codes)), [], "English is Python's own but for some");
  for (const [language, { said }] of Object.entries(TEXTS)) {
    for (const [code, names] of Object.entries(codes)) {
      const values = Object.fromEntries(names.map((/** @type {keyof typeof samples} */ name) => [name, samples[name] ?? `<${name}>`]));
      const sentence = said[code]?.(values) ?? "Python's own";
      assert.ok(sentence.trim() && !/undefined|NaN|null|\[object/.test(sentence), `${language}, ${code}: ${sentence}`);
      if ("count" in values) assert.notEqual(said[code]?.({ ...values, count: 1 }) ?? "", said[code]?.(values), code);
    }
  }
});

test("a sentence of Python's is told in the page's language, with those inside it", () => {
  const reason = { code: "picture-empty", text: "the file is empty; expected a picture", values: {} };
  const whole = { code: "of", text: "a.jpg: the file is empty; expected a picture", values: { name: "a.jpg", reason } };
  assert.equal(tell(whole, whole.text), whole.text);
  assert.equal(tell({ code: "no-undo", text: "nothing to undo in /x", values: {} }, "nothing to undo in /x"), "Nothing to undo");
  const needed = { code: "label-needed", text: "say which (--label NAME)", values: {} };
  const video = { code: "of", text: "a.zip: say which (--label NAME)", values: { name: "a.zip", reason: needed } };
  assert.equal(tell(video, video.text), "a.zip: what does it show? Drop it on its class");
  speak("de");
  assert.equal(tell(whole, whole.text), "a.jpg: Die Datei ist leer.");
  assert.equal(tell({ code: "of", text: "", values: { name: "a.jpg", reason: "no code" } }, ""), "a.jpg: no code");
  assert.equal(tell({ code: "unheard-of", text: "x", values: {} }, "as it is"), "as it is");
  assert.equal(tell(null, "as it is"), "as it is");
  speak("en");
});

test("the widgets of a notebook say everything in every language", () => {
  const english = spelled(WORDS.en);
  const german = spelled(WORDS.de);
  assert.deepEqual(german.map(([key]) => key), english.map(([key]) => key));
  const same = german.filter(([, said], place) => said === english[place][1]).map(([key]) => key);
  assert.deepEqual(same, []);
  for (const [key, said] of german) assert.ok(said.trim() && !/undefined/.test(said), key);
});

test("every language says everything", () => {
  assert.deepEqual(Object.keys(TEXTS), LANGUAGES);
  const english = spelled(TEXTS.en);
  assert.ok(english.length > 100);
  for (const [code, words] of Object.entries(TEXTS)) {
    const own = spelled(words);
    assert.deepEqual(own.map(([key]) => key), english.map(([key]) => key), code);
    for (const [key, said] of own) assert.ok(said.trim() && !/undefined|NaN|\[object/.test(said), `${code}${key}: ${said}`);
  }
  const same = new Set([".product", ".languageName", ".noVideo", ".ms", ".fps", ".barTitle", ".couldNotAdd", ".importing", ".check"]);
  const german = new Map(spelled(TEXTS.de));
  assert.deepEqual(english.filter(([key, said]) => german.get(key) === said && !same.has(key)), [], "not translated");
});

test("the browser's first language that is there is spoken", () => {
  assert.equal(first(["fr", "de-AT", "en"]), "de");
  assert.equal(first(["fr"]), "en");
});

test("English sentences are Python's, word for word", () => {
  assert.equal(sentenceOf(answer({ label: "mug", confidence: 0.974 }), true), `I see "mug" and I'm 97 % certain about it`);
  assert.equal(sentenceOf(answer({}), true), `I don't know this one (closest: "mug")`);
  assert.equal(sentenceOf(answer({ scores: [] }), false), "Show me something, and name it");
  assert.equal(sentenceOf(answer({ scores: [] }), true), "Now show me a second thing");
});

test("a sentence is cut around its label, whatever is in it", () => {
  for (const label of ['a "b" c', "$&", "mug"]) {
    const parts = sentenceParts(answer({ label, confidence: 0.5, scores: [[label, 1]] }), true);
    assert.deepEqual(parts, { before: "I see ", label: `"${label}"`, after: " and I'm 50 % certain about it" });
  }
});

test("another language is spoken at once", () => {
  speak("de");
  assert.equal(sentenceOf(answer({ label: "Tasse", confidence: 0.5, scores: [["Tasse", 1]] }), true), "Ich sehe „Tasse“ und bin mir zu 50 % sicher");
  speak("en");
});
