import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { all, closest, fill, make, need, readJson, word } from "../../static/facepass-admin/kit/dom.js";
import { element, fire, openPage } from "./page.js";

let body;

beforeEach(() => { body = openPage(); });

test("an element is made with its class, text, attributes and children", () => {
  const row = make("li", { className: "fp-row fp-bad", role: "option", title: undefined }, make("b", { text: "Ann" }), " Lee");
  assert.ok(row.classList.contains("fp-row") && row.classList.contains("fp-bad"));
  assert.deepEqual([row.textContent, row.getAttribute("role"), row.getAttribute("title")], ["Ann Lee", "option", null]);
});

test("a part that the page must have is found, or the script stops with its selector", () => {
  assert.equal(need("[data-notice]").dataset.csrf, "token");
  assert.throws(() => need("[data-bar]"), /\[data-bar\]/);
  assert.throws(() => need("[data-notice]", body, class Progress {}), /Progress/);
});

test("the element in which an event happened", () => {
  const [card, inner] = [element("li", { "data-card": "1" }), element("b")];
  card.append(inner);
  body.append(card, element("li", { "data-card": "2" }));
  let found;
  body.addEventListener("click", (event) => { found = closest(event, "[data-card]"); });
  fire(inner, "click");
  assert.equal(found, card);
  assert.equal(all("[data-card]").length, 2);
});

test("the server's texts have their values filled in", () => {
  body.append(Object.assign(element("script", { id: "fp-texts" }), { own: '{"place": "{number} of {total}"}' }));
  assert.equal(fill(readJson("fp-texts").place, { number: 2, total: 5 }), "2 of 5");
  assert.deepEqual(readJson("fp-nothing"), {});
  assert.deepEqual([word("signedOut"), word("nothing")], ["Signed out.", ""]);
});
