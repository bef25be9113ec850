import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { get, getText, post, put, upload } from "../../static/facepass-admin/kit/http.js";
import { openPage, serve } from "./page.js";

beforeEach(() => { openPage(); });

const refusal = (code, message, status) => ({ name: "Refusal", code, message, status });

test("a question has the answer's object, the user's cookies and nothing out of a cache", async () => {
  const asked = serve(() => ({ body: { people: [] } }));
  assert.deepEqual(await get("/people/"), { people: [] });
  assert.deepEqual(asked, [{ address: "/people/", credentials: "same-origin", cache: "no-store", redirect: "manual" }]);
});

test("an object is sent as JSON with the page's token", async () => {
  const [asked] = [serve(() => ({ body: { text: "Done." } }))];
  assert.deepEqual(await post("/name/", { name: "Ann" }), { text: "Done." });
  assert.equal(asked[0].method, "POST");
  assert.equal(asked[0].body, '{"name":"Ann"}');
  assert.deepEqual(asked[0].headers, { "X-CSRFToken": "token", "Content-Type": "application/json" });
});

test("a form is sent as it is, so that the browser says where its parts begin", async () => {
  const asked = serve(() => ({ body: {} }));
  const form = new FormData();
  await post("/enrol/", form);
  assert.equal(asked[0].body, form);
  assert.deepEqual(asked[0].headers, { "X-CSRFToken": "token" });
});

test("a refusal has the server's words and code", async () => {
  serve(() => ({ status: 409, body: { error: { code: "photo_busy", message: "This photo is being analysed." } } }));
  await assert.rejects(post("/retry/", {}), refusal("photo_busy", "This photo is being analysed.", 409));
});

for (const [what, answer, ...wanted] of [
  ["no connection", () => { throw new TypeError("Failed to fetch"); }, "offline", "No connection.", 0],
  ["the page to sign in", () => ({ type: "opaqueredirect", status: 0 }), "signed_out", "Signed out.", 0],
  ["401 of the API", () => ({ status: 401, body: { error: { code: "not_authenticated", message: "No." } } }), "signed_out", "Signed out.", 401],
  ["403 without words", () => ({ status: 403, body: "<h1>CSRF</h1>" }), "unreadable", "Not for you.", 403],
  ["403 with words", () => ({ status: 403, body: { error: { code: "forbidden", message: "Not allowed." } } }), "forbidden", "Not allowed.", 403],
  ["a proxy's page", () => ({ status: 502, body: "<h1>Bad gateway</h1>" }), "unreadable", "Failed.", 502],
  ["200 with a page", () => ({ body: "<h1>?</h1>" }), "unreadable", "Failed.", 200],
  ["200 with null", () => ({ body: "null" }), "unreadable", "Failed.", 200],
]) {
  test(`what went wrong is told in words: ${what}`, async () => {
    serve(answer);
    await assert.rejects(get("/x/"), refusal(...wanted));
    await assert.rejects(post("/x/", {}), refusal(...wanted));
  });
}

test("a part of a page is text, and a refusal where it is none", async () => {
  serve((address) => (address === "/list/" ? { body: "<ul></ul>" } : { status: 404, body: "<h1>Gone</h1>" }));
  assert.equal(await getText("/list/"), "<ul></ul>");
  await assert.rejects(getText("/gone/"), refusal("unreadable", "Failed.", 404));
});

/* An XMLHttpRequest that does what the test says. */
function transfers(happen) {
  const sent = [];
  globalThis.XMLHttpRequest = class {
    listeners = {};
    headers = {};
    upload = { addEventListener: (name, listener) => { this.listeners[`upload-${name}`] = listener; } };

    open(method, address) { Object.assign(this, { method, address }); }

    setRequestHeader(name, value) { this.headers[name] = value; }

    addEventListener(name, listener) { this.listeners[name] = listener; }

    send(body) {
      sent.push({ method: this.method, address: this.address, headers: this.headers, body });
      this.listeners["upload-progress"]({ loaded: 7 });
      happen(this);
    }
  };
  return sent;
}

const answers = (status, responseText) => (xhr) => { Object.assign(xhr, { status, responseText }); xhr.listeners.load(); };

test("an upload says how far it is, and has the answer's object", async () => {
  const sent = transfers(answers(200, '{"outcome":"accepted"}'));
  const seen = [];
  const form = new FormData();
  assert.deepEqual(await upload("/file/", form, (bytes) => seen.push(bytes)), { outcome: "accepted" });
  assert.deepEqual(seen, [7]);
  assert.deepEqual(sent, [{ method: "POST", address: "/file/", headers: { "X-CSRFToken": "token" }, body: form }]);
});

test("an upload that ends at the page to sign in says so", async () => {
  transfers(answers(200, "<h1>Sign in</h1>"));
  await assert.rejects(upload("/file/", new FormData(), () => {}), refusal("signed_out", "Signed out.", 200));
});

test("an upload without a connection, or refused, is a refusal like any other", async () => {
  transfers((xhr) => xhr.listeners.error());
  await assert.rejects(upload("/file/", new FormData(), () => {}), refusal("offline", "No connection.", 0));
  transfers(answers(413, '{"error":{"code":"too_large","message":"Too large."}}'));
  await assert.rejects(upload("/file/", new FormData(), () => {}), refusal("too_large", "Too large.", 413));
});

test("a bucket is sent no token, and what it refuses is tried again", async () => {
  const sent = transfers(answers(200, ""));
  await put("https://bucket.test/x", new Blob(["x"]), () => {});
  assert.deepEqual([sent[0].method, sent[0].headers], ["PUT", {}]);
  transfers(answers(403, "<Error/>"));
  await assert.rejects(put("https://bucket.test/x", new Blob(["x"]), () => {}), refusal("offline", "Failed.", 403));
});
