import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { Combobox } from "../../static/facepass-admin/kit/combobox.js";
import { Refusal } from "../../static/facepass-admin/kit/http.js";
import { element, fire, openPage, press, settle, stopTime, type } from "./page.js";

const ANN = { id: "1", name: "Ann" };
const ANNABEL = { id: "2", name: "Annabel Lee", note: "a@example.org" };

let body;
let input;
let chosen;
let asked;
let time;

beforeEach(() => {
  body = openPage();
  input = element("input");
  body.append(element("div", {}, input));
  [chosen, asked] = [[], []];
  time = stopTime();
});
afterEach(() => time.real());

function combobox(options = {}) {
  const people = async (text) => { asked.push(text); return [ANNABEL, ANN].filter(({ name }) => name.toLowerCase().includes(text.toLowerCase())); };
  const create = (text, isKnown) => ({ label: text, note: "New person", choice: { name: text, ...(isKnown ? { new: true } : {}) } });
  const made = new Combobox(input, { people, create, choose: (choice, event) => chosen.push([choice, Boolean(event.shiftKey)]), ...options });
  input.focus();
  return made;
}

async function typed(text) {
  type(input, text);
  await time.pass(120);
}

const rows = () => body.querySelectorAll("[role=option]").map((row) => row.textContent);
const active = () => body.querySelector("[aria-selected=true]");

test("people are asked for once typing pauses, and offered as options of the field", async () => {
  combobox();
  assert.equal(input.getAttribute("role"), "combobox");
  assert.equal(input.getAttribute("aria-expanded"), "false");
  type(input, "A");
  await time.pass(60);
  await typed("Ann");
  assert.deepEqual(asked, ["Ann"]);
  assert.deepEqual(rows(), ["Annabel Leea@example.org", "Ann", "AnnNew person"]);
  const list = body.querySelector("[role=listbox]");
  assert.equal(input.getAttribute("aria-expanded"), "true");
  assert.equal(input.getAttribute("aria-controls"), list.id);
  assert.equal(input.getAttribute("aria-activedescendant"), active().id);
});

test("arrows walk through the options and round; the field says which is active", async () => {
  combobox();
  await typed("ann");
  const walked = ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"].map((key) => {
    assert.equal(press(key), true);
    assert.equal(input.getAttribute("aria-activedescendant"), active().id);
    return rows().indexOf(active().textContent);
  });
  assert.deepEqual(walked, [1, 2, 0, 2]);
});

test("Enter takes the first of the list, and closes it", async () => {
  combobox();
  await typed("ann");
  press("Enter", { shiftKey: true });
  await settle();
  assert.deepEqual(chosen, [[{ person: "2" }, true]]);
  assert.deepEqual(rows(), []);
  assert.equal(input.getAttribute("aria-expanded"), "false");
  assert.equal(input.getAttribute("aria-activedescendant"), null);
});

test("Enter that is faster than the answer waits for it", async () => {
  combobox();
  type(input, "Ann");
  press("Enter");
  await settle();
  assert.deepEqual([asked, chosen], [["Ann"], [[{ person: "2" }, false]]]);
});

test("where what is typed counts, Enter does not wait, and a name in full is the one person of that name", async () => {
  combobox({ first: "typed" });
  type(input, "Annab");
  press("Enter");
  assert.deepEqual(chosen, [[{ name: "Annab" }, false]]);
  await typed("ann");
  press("Enter");
  assert.deepEqual(chosen[1], [{ person: "1" }, false]);
  await typed("Bob");
  press("Enter");
  assert.deepEqual(chosen[2], [{ name: "Bob" }, false]);
});

test("a namesake is made by choosing the offer of somebody new", async () => {
  combobox({ first: "typed" });
  await typed("Ann");
  press("ArrowDown");
  press("Enter");
  assert.deepEqual(chosen, [[{ name: "Ann", new: true }, false]]);
});

test("without the offer of somebody new only known people are chosen", async () => {
  combobox({ create: undefined });
  await typed("Zoe");
  press("Enter");
  await settle();
  assert.deepEqual([rows(), chosen], [[], []]);
});

test("an empty field asks nothing, and leaves its keys to the page", async () => {
  combobox();
  await typed("  ");
  for (const key of ["Enter", "ArrowDown", "Escape"]) assert.equal(press(key), false);
  assert.deepEqual(asked, []);
});

test("where people are offered untyped, they are there with the focus", async () => {
  combobox({ offersUntyped: true });
  await settle();
  assert.deepEqual(asked, [""]);
  assert.deepEqual(rows(), ["Annabel Leea@example.org", "Ann"]);
  press("Enter");
  await settle();
  assert.deepEqual(chosen, [[{ person: "2" }, false]]);
});

test("Escape closes the list first, and is the page's then", async () => {
  combobox();
  await typed("ann");
  assert.equal(press("Escape"), true);
  assert.deepEqual(rows(), []);
  assert.equal(press("Escape"), false);
});

test("a field that is left on Escape says so at once", async () => {
  let left = 0;
  combobox({ leave: () => { left += 1; } });
  assert.equal(press("Escape"), true);
  assert.equal(left, 1);
});

test("a click chooses, and the field keeps the focus", async () => {
  combobox();
  await typed("ann");
  const row = body.querySelectorAll("[role=option]")[1];
  assert.equal(fire(row, "mousedown"), false);
  assert.deepEqual(chosen, [[{ person: "1" }, false]]);
});

test("the answer to an older question, and one that comes after the field was left, are thrown away", async () => {
  const answers = {};
  combobox({ people: (text) => new Promise((done) => { answers[text] = done; }) });
  await typed("An");
  await typed("Ann");
  answers.Ann([ANN]);
  answers.An([ANNABEL]);
  await settle();
  assert.equal(rows()[0], "Ann");
  await typed("Anna");
  input.blur();
  answers.Anna([ANNABEL]);
  await settle();
  assert.deepEqual(rows(), []);
});

test("a refusal is shown, and a new name can be given all the same", async () => {
  combobox({ people: async () => { throw new Refusal("No connection."); } });
  await typed("Bob");
  assert.equal(body.querySelector("[data-notice]").textContent, "No connection.");
  press("Enter");
  await settle();
  assert.deepEqual(chosen, [[{ name: "Bob" }, false]]);
});

test("Enter that ends a word of an input method chooses nothing", async () => {
  combobox();
  await typed("ann");
  assert.equal(press("Enter", { isComposing: true }), false);
  assert.deepEqual(chosen, []);
});
