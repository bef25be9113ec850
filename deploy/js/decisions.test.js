import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { Decisions } from "../../static/facepass-admin/kit/decisions.js";
import { Refusal } from "../../static/facepass-admin/kit/http.js";
import { openPage, settle, stopTime } from "./page.js";

let decisions;
let line;
let time;

beforeEach(() => {
  line = openPage().querySelector("[data-notice]");
  decisions = new Decisions();
  time = stopTime(); // the process would wait for what is to be hidden in 20 s
});
afterEach(() => time.real());

test("decisions are sent one after the other, in the order of the keys", async () => {
  const log = [];
  let arrive;
  const first = decisions.run(() => new Promise((done) => { log.push("first"); arrive = done; }));
  const second = decisions.run(async () => log.push("second"));
  await settle();
  assert.deepEqual([log, decisions.busy], [["first"], 2]);
  arrive("done");
  assert.equal(await first, "done");
  await second;
  assert.deepEqual([log, decisions.busy], [["first", "second"], 0]);
});

test("the page says that something is on its way until all of it has been answered", async () => {
  const sign = document.querySelector("[data-working]");
  const both = [decisions.run(settle), decisions.run(settle)];
  assert.equal(sign.hidden, false);
  await Promise.all(both);
  assert.equal(sign.hidden, true);
});

test("a refusal is shown, and the next decision is sent all the same", async () => {
  const refused = decisions.run(async () => { throw new Refusal("Not allowed.", { status: 403 }); });
  const next = decisions.run(async () => "made");
  assert.equal(await refused, null);
  assert.equal(await next, "made");
  assert.deepEqual([line.textContent, line.classList.contains("fp-bad")], ["Not allowed.", true]);
});

test("a defect is loud, and does not hold up what follows", async () => {
  const broken = decisions.run(async () => { throw new TypeError("x is undefined"); });
  const next = decisions.run(async () => "made");
  await assert.rejects(broken, TypeError);
  assert.equal(await next, "made");
});

test("the last step is taken back first; one with no decisions is none", async () => {
  decisions.remember({ ids: ["1", "2"] });
  decisions.remember({ ids: ["3"] });
  decisions.remember({ ids: [] });
  const taken = [];
  for (let turn = 0; turn < 3; turn += 1) await decisions.undo(async (step) => taken.push(step?.ids ?? null));
  assert.deepEqual(taken, [["3"], ["1", "2"], null]);
});

test("what is undone while a decision is on its way is that decision", async () => {
  const made = decisions.run(async () => { await settle(); decisions.remember({ ids: ["1"] }); });
  const taken = decisions.undo(async (step) => step.ids);
  await made;
  assert.deepEqual(await taken, ["1"]);
});

test("a step that was chosen from the history is not undone again by the key", async () => {
  decisions.remember({ ids: ["1"] });
  decisions.remember({ ids: ["2"] });
  await decisions.undo(async () => {}, { ids: ["2"] });
  assert.deepEqual(decisions.steps, [{ ids: ["1"] }]);
});

test("a step that the server will not take back is let go; without a connection it is kept", async () => {
  decisions.remember({ ids: ["1"] });
  await decisions.undo(async () => { throw new Refusal("No connection.", { code: "offline" }); });
  assert.equal(decisions.steps.length, 1);
  await decisions.undo(async () => { throw new Refusal("A later one stands.", { status: 409 }); });
  assert.equal(decisions.steps.length, 0);
});
