import assert from "node:assert/strict";
import test from "node:test";
import { sentenceOf, sentenceParts } from "../../answer/sentence.js";
import { setLanguage } from "../../text/text.js";

/** @import {Answer} from "../../connection/types.js" */

/** @param {Partial<Answer>} some @returns {Answer} */
const answer = (some) => ({ type: "answer", ref: 1, sentence: "", label: null, confidence: 0, familiarity: 0, scores: [["mug", 0.6], ["star", 0.4]], evidence: [], ms: 1, ...some });

test("English sentences are Python's, word for word", () => {
  assert.equal(sentenceOf(answer({ label: "mug", confidence: 0.974 }), 2), `I see "mug" and I'm 97 % certain about it`);
  assert.equal(sentenceOf(answer({}), 2), `I don't know this one (closest: "mug")`);
  assert.equal(sentenceOf(answer({ scores: [] }), 0), "Show me something, and name it");
  assert.equal(sentenceOf(answer({ scores: [] }), 1), "Now show me a second thing");
  assert.equal(sentenceOf(answer({ scores: [] }), 3), "Learning…"); // it has been shown enough, and has not learned it yet
});

test("a sentence is cut around its label, whatever is in it", () => {
  for (const label of ['a "b" c', "$&", "mug"]) {
    const parts = sentenceParts(answer({ label, confidence: 0.5, scores: [[label, 1]] }), 2);
    assert.deepEqual(parts, { before: "I see ", label: `"${label}"`, after: " and I'm 50 % certain about it" });
  }
});

test("another language is spoken at once", () => {
  setLanguage("de");
  assert.equal(sentenceOf(answer({ label: "Tasse", confidence: 0.5, scores: [["Tasse", 1]] }), 2), "Ich sehe „Tasse“ und bin mir zu 50 % sicher");
  setLanguage("en");
});
