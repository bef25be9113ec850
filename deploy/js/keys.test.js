import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { bindKeys, keyOf } from "../../static/facepass-admin/kit/keys.js";
import { element, openPage, press } from "./page.js";

/* What a browser tells of the keys that have these letters, and of some that lie where QWERTY has others. */
const LAYOUTS = {
  QWERTY: { a: ["a", "KeyA"], q: ["q", "KeyQ"], y: ["y", "KeyY"], m: ["m", "KeyM"], 1: ["1", "Digit1"] },
  AZERTY: { a: ["a", "KeyQ"], q: ["q", "KeyA"], y: ["y", "KeyY"], m: ["m", "Semicolon"], 1: ["&", "Digit1"] },
  QWERTZ: { a: ["a", "KeyA"], q: ["q", "KeyQ"], y: ["y", "KeyZ"], m: ["m", "KeyM"], 1: ["1", "Digit1"] },
  ЙЦУКЕН: { a: ["ф", "KeyA"], q: ["й", "KeyQ"], y: ["н", "KeyY"], m: ["ь", "KeyM"], 1: ["1", "Digit1"] },
};

let body;

beforeEach(() => { body = openPage(); });

for (const [layout, keys] of Object.entries(LAYOUTS)) {
  test(`each key does what is printed on it: ${layout}`, () => {
    const done = [];
    bindKeys(Object.fromEntries(Object.keys(keys).map((name) => [name, () => done.push(name)])));
    for (const [key, code] of Object.values(keys)) press(key, { code });
    assert.deepEqual(done.sort(), Object.keys(keys).sort());
  });
}

test("on AZERTY the key where QWERTY has its A confirms nothing", () => {
  const done = [];
  bindKeys({ a: () => done.push("all are confirmed"), m: () => done.push("merged") });
  press("q", { code: "KeyA" });
  press(",", { code: "KeyM" });
  assert.deepEqual(done, []);
});

test("a key has one name with Shift, with capitals locked and without", () => {
  assert.equal(keyOf({ key: "A", code: "KeyA", shiftKey: true }), "a");
  assert.equal(keyOf({ key: "Ф", code: "KeyA", shiftKey: false }), "a");
  assert.equal(keyOf({ key: "!", code: "Digit1", shiftKey: true }), "!");
  assert.equal(keyOf({ key: "1", code: "Numpad1", shiftKey: false }), "1");
  assert.equal(keyOf({ key: "ArrowDown", code: "ArrowDown", shiftKey: false }), "ArrowDown");
});

test("keys that are typed into a field are the field's", () => {
  const done = [];
  bindKeys({ a: () => done.push("a") });
  for (const field of [element("input", { type: "text" }), element("textarea"), element("select"), element("p", { contenteditable: "" })]) {
    body.append(field);
    assert.equal(press("a", { on: field }), false);
  }
  const box = element("input", { type: "checkbox" });
  body.append(box);
  press("a", { on: box });
  assert.deepEqual(done, ["a"]);
});

test("shortcuts of the browser, of the system and of an input method are left alone", () => {
  const done = [];
  bindKeys({ a: () => done.push("a") });
  for (const held of ["ctrlKey", "metaKey", "altKey", "isComposing", "AltGraph"]) press("a", { [held]: true });
  assert.deepEqual(done, []);
});

test("a key that an inner part of the page has taken does nothing more", () => {
  const done = [];
  bindKeys({ Escape: () => done.push("Escape") });
  press("Escape", { defaultPrevented: true });
  assert.deepEqual(done, []);
});

test("Enter and Space press the button that has the focus, unless it is one of the page's own", () => {
  const done = [];
  bindKeys({ Enter: () => done.push("Enter"), " ": () => done.push("Space") }, { own: "[data-face]" });
  const [button, face] = [element("button"), element("button", { "data-face": "1" })];
  body.append(button, face);
  for (const key of ["Enter", " "]) assert.equal(press(key, { on: button }), false);
  for (const key of ["Enter", " "]) assert.equal(press(key, { on: face }), true);
  assert.deepEqual(done, ["Enter", "Space"]);
});

test("a question mark shows the keys and hides them; meanwhile no other key does anything", () => {
  const done = [];
  const help = element("dialog", { "data-keys": "" });
  body.append(help);
  bindKeys({ a: () => done.push("a") });
  press("?", { code: "Slash", shiftKey: true });
  assert.equal(help.open, true);
  press("a");
  assert.deepEqual(done, []);
  press("?", { code: "Digit7", shiftKey: true }); // where ЙЦУКЕН has it
  assert.equal(help.open, false);
});

test("a key whose action says false, and one that has none, are the browser's", () => {
  bindKeys({ ArrowDown: () => false, ArrowUp: () => undefined });
  assert.equal(press("ArrowDown"), false);
  assert.equal(press("ArrowUp"), true);
  assert.equal(press("constructor"), false);
  assert.equal(press("x"), false);
});
