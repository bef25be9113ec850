import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { hideNotice, notify } from "../../static/facepass-admin/kit/notice.js";
import { fire, openPage, stopTime } from "./page.js";

let line;
let time;

beforeEach(() => {
  line = openPage().querySelector("[data-notice]");
  time = stopTime();
});
afterEach(() => time.real());

test("a notice shows what happened, and goes by itself", async () => {
  notify("Named: Ann");
  assert.deepEqual([line.hidden, line.textContent], [false, "Named: Ann"]);
  await time.pass(7999);
  assert.equal(line.hidden, false);
  await time.pass(1);
  assert.equal(line.hidden, true);
});

test("the next notice takes the place of the last, and has its own time", async () => {
  notify("One", { bad: true });
  await time.pass(6000);
  notify("Two");
  await time.pass(6000);
  assert.deepEqual([line.hidden, line.textContent, line.classList.contains("fp-bad")], [false, "Two", false]);
});

test("what went wrong, and what can be taken back, stays longer", async () => {
  for (const options of [{ bad: true }, { undo: () => {} }]) {
    notify("Text", options);
    await time.pass(19_999);
    assert.equal(line.hidden, false);
    await time.pass(1);
    assert.equal(line.hidden, true);
  }
});

test("while somebody points at it, it stays", async () => {
  notify("Text");
  line.state = "hover";
  await time.pass(60_000);
  assert.equal(line.hidden, false);
  line.state = "";
  await time.pass(8000);
  assert.equal(line.hidden, true);
});

test("its button undoes once, and the notice goes", () => {
  let undone = 0;
  notify("Hidden.", { undo: () => { undone += 1; } });
  const button = line.querySelector("button");
  assert.equal(button.textContent, "Undo U");
  fire(button, "click");
  assert.deepEqual([undone, line.hidden], [1, true]);
});

test("nothing to say is no notice", () => {
  notify("");
  assert.equal(line.hidden, true);
  notify("x");
  hideNotice();
  assert.equal(line.hidden, true);
});
