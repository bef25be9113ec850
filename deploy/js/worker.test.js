import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import vm from "node:vm";

const SOURCE = readFileSync(new URL("../../static/facepass/offline/worker.js", import.meta.url), "utf8");
const SITE = "https://photos.example";
const ANN = "a".repeat(8) + "-0000-4000-8000-000000000001", BOB = "b".repeat(8) + "-0000-4000-8000-000000000002";
let listeners, stores, server, online;

class CacheOf {
  entries = new Map();
  async match(what, { ignoreSearch = false } = {}) {
    const wanted = what.url ?? what;
    if (!ignoreSearch) return this.entries.get(wanted)?.clone();
    const plain = (address) => address.split("?")[0];
    return [...this.entries].find(([address]) => plain(address) === plain(wanted))?.[1].clone();
  }
  async put(address, response) { this.entries.delete(address); this.entries.set(address, response); }
  async keys() { return [...this.entries.keys()].map((url) => ({ url })); }
  async delete(request) { return this.entries.delete(request.url); }
}

/* What the network gives: its body is read or copied once. Thousands of real ones would take seconds. */
class ResponseOf {
  type = "basic"; redirected = false; #text; #isUsed = false;
  constructor(text, { status, headers }) { Object.assign(this, { status, headers, ok: status >= 200 && status < 300 }); this.#text = text; }
  clone() { if (this.#isUsed) throw new TypeError("the body was read"); return new ResponseOf(this.#text, this); }
  async text() { if (this.#isUsed) throw new TypeError("the body was read"); this.#isUsed = true; return this.#text; }
}

beforeEach(() => {
  listeners = {}; stores = new Map(); server = new Map(); online = true;
  const caches = {
    keys: async () => [...stores.keys()],
    has: async (name) => stores.has(name),
    open: async (name) => { if (!stores.has(name)) stores.set(name, new CacheOf()); return stores.get(name); },
    delete: async (name) => stores.delete(name),
  };
  const self = {
    registration: { scope: `${SITE}/s/party/` }, location: new URL(SITE), navigator: { get onLine() { return online; } }, skipWaiting() {}, clients: { claim() {} },
    addEventListener: (name, listener) => { listeners[name] = listener; },
  };
  const fetch = async (request) => {
    if (!online) throw new TypeError("no network");
    const { status = 200, text = `of ${request.url}`, ...headers } = server.get(new URL(request.url).pathname) ?? { status: 404 };
    return new ResponseOf(text, { status, headers: new Headers(headers) });
  };
  vm.runInNewContext(SOURCE, { self, caches, fetch, URL, Request, RegExp, Promise, Number });
});

/** What the worker answers with; null where it leaves the request to the browser, an error where it has nothing. */
async function ask(path, method = "GET") {
  const tasks = [];
  let answer = null;
  listeners.fetch({
    request: { url: SITE + path, method }, waitUntil: (task) => tasks.push(task), respondWith: (promise) => { answer = promise; },
  });
  const text = answer && (await answer.then((response) => response.text(), () => "error"));
  await Promise.all(tasks);
  return text;
}

/** The page tells what it shows. */
async function show(...paths) {
  const tasks = [];
  listeners.message({ data: { seen: paths.map((path) => SITE + path) }, waitUntil: (task) => tasks.push(task) });
  await Promise.all(tasks);
}

const page = (guest, ...others) => ({ "X-Guest": guest, "X-Guests": [guest, ...others].join(" ") });
const photo = (guest, n) => `/found/${guest}/${String(n).padStart(8, "0")}-0000-4000-8000-000000000000/thumbnail`;
const kept = () => [...stores.keys()].map((name) => name.replace("facepass /s/party/ ", "")).sort();

test("a page and the pictures on it are there without a connection, whatever their signature is by then", async () => {
  server.set("/s/party/", page(ANN)).set(photo(ANN, 1), { "Content-Length": "9" });
  await ask("/s/party/");
  assert.equal(await ask(`${photo(ANN, 1)}?ends=1&signature=x`), null, "the browser fetches it by itself");
  await show(`${photo(ANN, 1)}?ends=1&signature=x`);
  online = false;
  assert.equal(await ask("/s/party/"), `of ${SITE}/s/party/`);
  assert.equal(await ask("/s/party/photos/?show=favourites"), `of ${SITE}/s/party/`, "the nearest there is");
  assert.equal(await ask(`${photo(ANN, 1)}?ends=2&signature=y`), `of ${SITE}${photo(ANN, 1)}?ends=1&signature=x`);
  assert.equal(await ask(photo(ANN, 2)), "error", "never seen");
});

test("a page is kept with the scripts and styles that it names", async () => {
  const text = '<link href="/static/a.1.css"><script type="module" src="/static/b.2.js"></script><a href="/static/c.zip">';
  server.set("/s/party/", { ...page(ANN), text }).set("/static/a.1.css", {}).set("/static/b.2.js", {});
  await show("/s/party/");
  online = false;
  assert.equal(await ask("/static/b.2.js"), `of ${SITE}/static/b.2.js`);
  assert.deepEqual([...stores.get("facepass /s/party/ static").entries.keys()].sort(), [`${SITE}/static/a.1.css`, `${SITE}/static/b.2.js`]);
});

test("people of one device have their own, and lose it when they leave the device", async () => {
  server.set("/s/party/", page(ANN, BOB)).set(`/s/party/bbbbbbbb/`, page(BOB, ANN));
  server.set(photo(ANN, 1), {}).set(photo(BOB, 1), {});
  await show("/s/party/", "/s/party/bbbbbbbb/", photo(ANN, 1), photo(BOB, 1));
  assert.deepEqual(kept(), [ANN, BOB].sort());
  server.set("/s/party/bbbbbbbb/", page(BOB));
  await ask("/s/party/bbbbbbbb/");
  assert.deepEqual(kept(), [BOB]);
  online = false;
  assert.equal(await ask("/s/party/"), "error");
  assert.equal(await ask(photo(ANN, 1)), "error");
  assert.equal(await ask(photo(BOB, 1)), `of ${SITE}${photo(BOB, 1)}`);
});

for (const [what, change] of Object.entries({
  "forgetting": () => ask("/s/party/forget/", "POST"),
  "withdrawing": () => ask("/s/party/aaaaaaaa/withdraw/", "POST"),
  "being done": () => ask("/s/party/done/", "POST"),
  "a page that knows nobody": () => { server.set("/s/party/", {}); return ask("/s/party/"); },
  "a closed session": () => { server.set("/s/party/", { status: 410 }); return ask("/s/party/"); },
})) {
  test(`${what} deletes everything`, async () => {
    server.set("/s/party/", page(ANN)).set("/static/facepass/base.css", {}).set(photo(ANN, 1), {});
    await show("/s/party/", "/static/facepass/base.css", photo(ANN, 1));
    assert.deepEqual(kept(), [ANN, "static"]);
    await change();
    assert.deepEqual(kept(), []);
    await show(photo(ANN, 1));
    assert.deepEqual(kept(), [], "a late picture does not come back");
  });
}

test("a server that stumbles deletes nothing", async () => {
  server.set("/s/party/", page(ANN));
  await ask("/s/party/");
  server.set("/s/party/", { status: 502 });
  await ask("/s/party/");
  assert.deepEqual(kept(), [ANN]);
});

test("nothing else is touched: forms, downloads, links, consents, other events", async () => {
  server.set("/s/party/", page(ANN));
  await ask("/s/party/");
  for (const path of ["/s/party/link/", "/s/party/consent/", "/s/party/search/", "/s/other/", "/shared/x/", `${photo(ANN, 1)}?download`, "/admin/"]) {
    assert.equal(await ask(path), null, path);
  }
  for (const path of ["/s/party/", "/s/party/pin/", "/s/party/consent/", "/s/party/photos/share/"]) assert.equal(await ask(path, "POST"), null, path);
  assert.deepEqual([...stores.get(`facepass /s/party/ ${ANN}`).entries.keys()], [`${SITE}/s/party/`]);
});

test("the pictures kept are few and small enough, and the page stays", async () => {
  server.set("/s/party/", page(ANN));
  await ask("/s/party/");
  for (let n = 0; n < 405; n++) { server.set(photo(ANN, n), { "Content-Length": "1000" }); await show(photo(ANN, n)); }
  const entries = stores.get(`facepass /s/party/ ${ANN}`).entries;
  assert.equal(entries.size, 401);
  assert.ok(!entries.has(SITE + photo(ANN, 0)) && entries.has(SITE + photo(ANN, 404)) && entries.has(`${SITE}/s/party/`));
  server.set(photo(ANN, 999), { "Content-Length": "59999000" });
  await show(photo(ANN, 999));
  assert.equal(entries.size, 3, "one large one, one small one, the page");
});
