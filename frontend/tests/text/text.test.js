import assert from "node:assert/strict";
import test from "node:test";
import { bestLanguage, LANGUAGES } from "../../text/language.js";
import { TEXTS } from "../../text/text.js";
import { WORDS } from "../../widget/words.js";

/** Paths of all words, and the words themselves, functions called with something. @param {object} words @returns {[string, string][]} */
function spelled(words, path = "") {
  return Object.entries(words).filter(([key]) => key !== "sentences").flatMap(([key, value]) => {
    const here = `${path}.${key}`;
    if (typeof value === "object") return spelled(value, here);
    const said = typeof value === "function" ? value(...Array(value.length).fill(2).map((two, place) => (here === ".once" ? ["mug"] : place ? "x" : two))) : value;
    return [[here, Array.isArray(said) ? said.join("") : said]];
  });
}

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

test("the widgets of a notebook say everything in every language", () => {
  const english = spelled(WORDS.en);
  const german = spelled(WORDS.de);
  assert.deepEqual(german.map(([key]) => key), english.map(([key]) => key));
  const same = german.filter(([, said], place) => said === english[place][1]).map(([key]) => key);
  assert.deepEqual(same, []);
  for (const [key, said] of german) assert.ok(said.trim() && !/undefined/.test(said), key);
});

test("the browser's first language that is there is spoken", () => {
  assert.equal(bestLanguage(["fr", "de-AT", "en"]), "de");
  assert.equal(bestLanguage(["fr"]), "en");
});
