import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { poll, showState, watch } from "../../static/facepass-admin/kit/live.js";
import { element, fire, openPage, serve, settle, stopTime } from "./page.js";

let time;

beforeEach(() => {
  openPage();
  time = stopTime();
});
afterEach(() => time.real());

function watched() {
  const seen = [];
  watch({ socket: "/ws/x/", poll: "/x/state/", onEvent: (event) => seen.push(event), onState: (state) => seen.push(state) });
  return seen;
}

test("events come over a socket of the page's own server, and nothing is asked", async () => {
  const asked = serve(() => ({}));
  const seen = watched();
  assert.equal(sockets[0].address, "wss://facepass.test/ws/x/");
  sockets[0].say({ version: 1 });
  await time.pass(60_000);
  assert.deepEqual(seen, ["live", { version: 1 }]);
  assert.deepEqual(asked, []);
});

test("without a socket the page asks every two seconds, until there is one again", async () => {
  const asked = serve(() => ({ body: { version: asked.length } }));
  const seen = watched();
  sockets[0].end();
  await time.pass(500);
  assert.deepEqual(seen, [{ version: 1 }, "polling"]);
  await time.pass(2000);
  assert.deepEqual(seen.slice(2), [{ version: 2 }, "polling"]);
  assert.equal(sockets.length, 2);
  sockets[1].say({ version: 3 });
  await time.pass(60_000);
  assert.deepEqual(seen.slice(4), ["live", { version: 3 }]);
  assert.equal(asked.length, 2);
});

test("an answer that comes after the socket's event is dropped", async () => {
  let answer;
  serve(() => new Promise((done) => { answer = done; }));
  const seen = watched();
  sockets[0].end();
  await time.pass(1000);
  sockets[1].say({ version: 2 });
  answer({ body: { version: 1 } });
  await settle();
  assert.deepEqual(seen, ["live", { version: 2 }]);
});

test("no socket and no answer is a lost connection; each try to connect waits longer, half a minute at most", async () => {
  serve(() => { throw new TypeError("Failed to fetch"); });
  const seen = watched();
  const waits = [];
  for (let turn = 0; turn < 7; turn += 1) {
    const before = sockets.length;
    sockets.at(-1).end();
    let waited = 0;
    while (sockets.length === before) { await time.pass(500); waited += 500; }
    waits.push(waited);
  }
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  assert.ok(seen.length > 0 && seen.every((state) => state === "lost"));
});

test("after a socket that spoke the next try to connect is soon again", async () => {
  serve(() => ({}));
  watched();
  for (let turn = 0; turn < 3; turn += 1) {
    sockets.at(-1).end();
    await time.pass(30_000);
  }
  sockets.at(-1).say({});
  sockets.at(-1).end();
  const before = sockets.length;
  await time.pass(1000);
  assert.equal(sockets.length, before + 1);
});

test("what is not there any more is not asked for again", async () => {
  const asked = serve(() => ({}));
  const seen = watched();
  sockets[0].end(4404);
  await time.pass(60_000);
  assert.deepEqual([seen, asked.length, sockets.length], [["gone"], 0, 1]);
});

test("a page that is left neither asks nor connects, and one that is come back to does", async () => {
  const asked = serve(() => ({}));
  const seen = watched();
  sockets[0].say({});
  fire(window, "pagehide");
  sockets[0].say({ version: "too late" });
  await time.pass(60_000);
  assert.deepEqual([asked.length, sockets.length, seen.length], [0, 1, 2]);
  fire(window, "pageshow", { persisted: true });
  assert.equal(sockets.length, 2);
});

test("a page that is left while it waits to connect again does not connect", async () => {
  serve(() => ({}));
  watched();
  sockets[0].end();
  fire(window, "pagehide");
  await time.pass(60_000);
  assert.equal(sockets.length, 1);
});

test("a question is not asked twice at once, and one that fails is asked again", async () => {
  const seen = [];
  let answer;
  const stop = poll(() => new Promise((done, failed) => { answer = { done, failed }; }), {
    every: 1000, onAnswer: (text) => seen.push(text), onLost: () => seen.push("lost"),
  });
  const first = answer;
  await time.pass(5000);
  assert.equal(answer, first);
  answer.failed(new Error("no"));
  await time.pass(1000);
  answer.done("here");
  await settle();
  stop();
  const last = answer;
  await time.pass(5000);
  assert.deepEqual(seen, ["lost", "here"]);
  assert.equal(answer, last);
});

test("the state shows in the element's own words", () => {
  const line = element("p", { "data-live": "Live", "data-lost": "No connection" });
  const show = showState(line);
  show("live");
  assert.deepEqual([line.textContent, line.dataset.state], ["Live", "live"]);
  show("lost");
  assert.equal(line.textContent, "No connection");
});
