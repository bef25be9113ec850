// The client without a server: run by `node --test`, against the compiled package.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { test } from "node:test";

import * as client from "facepass-client";

const { FacePass, readEvent } = client;
const REFUSAL = { error: { code: "rate_limited", message: "m", details: { a: "b" } }, request_id: "r" };
const REPORT = { accepted: [], duplicates: [], rejected: [] };

/** A client whose server gives these answers, one after the other, and the requests that it got. */
function clientOf(answers, settings = {}) {
  const got = [];
  const fetch = async (url, init) => {
    const body = init.body instanceof ReadableStream ? await new Response(init.body).blob() : init.body;
    got.push({ url: new URL(url), ...init, text: body === null ? "" : await new Response(body).text() });
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { facepass: new FacePass("http://facepass.test/", "fp_x", { fetch, ...settings }), got };
}

async function listAll(items) {
  const found = [];
  for await (const item of items) found.push(item);
  return found;
}

const answer = (status, body, headers = {}) => new Response(body && JSON.stringify(body), { status, headers });
const busy = (status = 429, after = "0") => answer(status, REFUSAL, { "Retry-After": after });

test("every method sends what its operation takes", async () => {
  const operations = JSON.parse(readFileSync(process.env.OPERATIONS, "utf8"));
  assert.ok(operations.length > 100);
  for (const { group, method, ids, query, input, files, request } of operations) {
    const page = { count: 1, next: null, results: [{ id: "1" }] };
    const { facepass, got } = clientOf([answer(200, page)]);
    const value = { ...query, ...input };
    for (const name of files) value[name] = [value[name]].flat().map((each) => ({ content: new Blob(["picture"]), name: each }));
    const called = facepass[group][method](...ids, ...(request.takesInput ? [value] : []));
    if (called instanceof client.Paged) assert.deepEqual(await listAll(called), page.results);
    else await called;
    assert.deepEqual([got[0].method, got[0].url.pathname], [request.method, request.path]);
    const sent = [...got[0].url.searchParams].sort();
    assert.deepEqual(sent, Object.entries(query).flatMap(([name, each]) => [each].flat().map((item) => [name, String(item)])).sort());
    assert.equal(got[0].headers.Authorization, "Bearer fp_x");
    assert.equal("Idempotency-Key" in got[0].headers, request.isIdempotent, request.path);
    if (!request.takesBody) assert.equal(got[0].text, "");
    else if (got[0].headers["Content-Type"] === "application/json") assert.deepEqual(JSON.parse(got[0].text), input);
    else {
      for (const [name, each] of Object.entries(input)) {
        for (const item of [each].flat()) {
          assert.ok(got[0].text.includes(`name="${name}"`) && got[0].text.includes(String(item)), request.path);
        }
      }
    }
  }
});

for (const status of [409, 429, 503]) {
  test(`a busy server (${status}) is asked again under the same key`, async () => {
    const { facepass, got } = clientOf([busy(status), answer(201, { challenge_id: "c" })]);
    assert.equal((await facepass.verification.createChallenge()).challenge_id, "c");
    assert.equal(got[0].headers["Idempotency-Key"], got[1].headers["Idempotency-Key"]);
  });
}

test("a moment to come back at is read too", async () => {
  const { facepass, got } = clientOf([busy(429, new Date(0).toUTCString()), answer(201, {})]);
  await facepass.verification.createChallenge();
  assert.equal(got.length, 2);
});

test("who is to wait for long or for ever is told", async () => {
  const { facepass, got } = clientOf([busy(429, "3600")]);
  await assert.rejects(facepass.verification.createChallenge(), { name: "RateLimited", retryAfter: 3600 });
  assert.equal(got.length, 1);
  const always = clientOf([busy(), busy(), busy()]);
  await assert.rejects(always.facepass.verification.createChallenge(), client.RateLimited);
  assert.equal(always.got.length, 3);
  const silent = clientOf([answer(503, REFUSAL)]);
  await assert.rejects(silent.facepass.tasks.get("t"), client.ServerFailed);
  assert.equal(silent.got.length, 1);
});

test("after a broken connection only what cannot be done twice is sent again", async () => {
  const lost = new TypeError("fetch failed");
  const retries = { attempts: 2 };
  const again = clientOf([lost, answer(201, {})], { retries });
  await again.facepass.verification.createChallenge();
  assert.equal(again.got[0].headers["Idempotency-Key"], again.got[1].headers["Idempotency-Key"]);
  const once = clientOf([lost], { retries }); // a webhook's POST takes no key
  await assert.rejects(once.facepass.webhooks.test("w"), { name: "ServerUnreachable", cause: lost });
  assert.equal(once.got.length, 1);
});

test("who called can end it", async () => {
  const { facepass } = clientOf([busy(429, "20")]);
  const signal = AbortSignal.timeout(50);
  await assert.rejects(facepass.tasks.get("t", { signal }), { name: "TimeoutError" });
});

const KINDS = {
  400: "InvalidRequest", 401: "NotAuthenticated", 403: "NotPermitted", 404: "NotFound", 405: "Refused", 408: "TooSlow", 409: "Conflict",
  412: "ChangedMeanwhile", 413: "TooLarge", 415: "NotReadable", 422: "CannotBeUsed", 429: "RateLimited", 500: "ServerFailed", 503: "ServerFailed",
};
const named = new Set(Object.keys(KINDS));
test("every refusal of the document has a class of its own", () => {
  const statuses = process.env.STATUSES.split(" ");
  assert.ok(statuses.length > 5);
  assert.deepEqual(statuses.filter((status) => !named.has(status)), []);
});
for (const [status, name] of Object.entries(KINDS)) {
  test(`a refusal with ${status} is ${name}`, async () => {
    const { facepass } = clientOf([answer(Number(status), REFUSAL)]);
    const refusal = await facepass.tasks.get("t").catch((error) => error);
    assert.ok(refusal instanceof client.Refused && refusal instanceof client.FacePassError);
    const { code, details, requestId } = refusal;
    assert.deepEqual([refusal.name, refusal.status, code, details, requestId], [name, Number(status), "rate_limited", { a: "b" }, "r"]);
  });
}

test("a proxy may answer with something else", async () => {
  for (const text of ["<html>", "[]", '{"error": null}', '{"error": {"code": 7}}']) {
    const { facepass } = clientOf([new Response(text, { status: 502 })]);
    await assert.rejects(facepass.tasks.get("t"), { name: "ServerFailed", code: "unknown" });
  }
});

test("lists go through all pages by their query alone", async () => {
  const page = (id, next) => answer(200, { count: 2, next, results: [{ id }] });
  const next = "https://elsewhere.example.com/api/v1/tasks?cursor=abc&state=done&state=failed";
  const { facepass, got } = clientOf([page("1", next), page("2", null), page("1", next)]);
  const tasks = facepass.tasks.list({ state: ["done", "failed"] });
  assert.deepEqual((await listAll(tasks)).map(({ id }) => id), ["1", "2"]);
  assert.deepEqual(got.map(({ url }) => url.href), [
    "http://facepass.test/api/v1/tasks?state=done&state=failed",
    "http://facepass.test/api/v1/tasks?cursor=abc&state=done&state=failed",
  ]);
  assert.equal(await tasks.count(), 2);
  assert.equal(got[2].url.search, "?state=done&state=failed&page_size=1");
});

test("null is sent and what is left out is not", async () => {
  const { facepass, got } = clientOf([answer(200, {})], { studio: "north" });
  await facepass.people.change("p", { email: null, real_name: undefined });
  assert.equal(got[0].text, '{"email":null}');
  assert.equal(got[0].headers["X-Studio"], "north");
});

test("an id that would lead elsewhere is never sent", async () => {
  const { facepass, got } = clientOf([answer(404, REFUSAL)]);
  for (const wrong of ["", ".", "..", undefined]) await assert.rejects(facepass.people.delete(wrong), RangeError);
  await assert.rejects(listAll(facepass.faces.listOfUser("")), RangeError);
  assert.equal(got.length, 0);
  await assert.rejects(facepass.people.get("a/b?c"), client.NotFound);
  assert.equal(got[0].url.pathname, "/api/v1/people/a%2Fb%3Fc");
});

test("blobs, bytes and streams are sent with their names", async () => {
  const { facepass, got } = clientOf([answer(202, REPORT)]);
  const bytes = new TextEncoder().encode("bytes");
  const files = [
    new File(["file"], 'a"b.jpg'), bytes, { content: new Blob(["stream"]).stream(), name: "s.jpg" }, bytes.buffer,
  ];
  await facepass.galleries.uploadImages("g", { files, wait: 20 });
  for (const part of ['filename="a%22b.jpg"', "file", 'filename="picture"', "bytes", 'filename="s.jpg"', "stream"]) {
    assert.ok(got[0].text.includes(part), part);
  }
  assert.equal(got[0].url.search, "?wait=20");
});

test("progress counts the bytes that go to a server, with the length in its header, at each attempt", async () => {
  const lengths = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    lengths.push([Number(request.headers["content-length"]), body.length]);
    const again = lengths.length === 1;
    response.writeHead(again ? 503 : 202, again ? { "Retry-After": "0" } : {}).end(JSON.stringify(again ? REFUSAL : REPORT));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const facepass = new FacePass(`http://127.0.0.1:${server.address().port}`, "fp_x");
  const seen = [];
  const pictures = [new Blob([new Uint8Array(200_000)]), new Uint8Array(5)];
  await facepass.uploadPhotos("g", pictures, { onProgress: (...sent) => seen.push(sent) });
  server.closeAllConnections();
  server.close();
  const [[length, got], second] = lengths;
  assert.ok(length === got && length > 200_005);
  assert.deepEqual(second, [length, got]);
  assert.deepEqual(seen.filter(([sent, total]) => sent === total), [[length, length], [length, length]]);
  assert.ok(seen.length > 4, "a large one is sent in pieces");
});

test("a browser reports progress by XMLHttpRequest", async () => {
  const asked = [];
  globalThis.XMLHttpRequest = class {
    upload = {};
    open(...asking) { asked.push(asking); }
    setRequestHeader(name, value) { asked.push([name, value]); }
    getAllResponseHeaders() { return "content-type: application/json\r\nx-request-id: r\r\n"; }
    send(body) {
      this.upload.onprogress({ loaded: body.size, total: body.size });
      [this.status, this.response] = [202, new Blob([JSON.stringify(REPORT)])];
      this.onload();
    }
  };
  const seen = [];
  const facepass = new FacePass("http://facepass.test", "fp_x");
  const options = { onProgress: (...sent) => seen.push(sent) };
  assert.deepEqual(await facepass.galleries.uploadImages("g", { files: new Blob(["a"]) }, options), REPORT);
  const ended = facepass.galleries.uploadImages("g", { files: new Blob(["a"]) }, { ...options, signal: AbortSignal.abort() });
  await assert.rejects(ended, { name: "AbortError" });
  delete globalThis.XMLHttpRequest;
  assert.deepEqual(asked[0], ["POST", "http://facepass.test/api/v1/galleries/g/images"]);
  assert.ok(asked.some(([name, value]) => name === "Authorization" && value === "Bearer fp_x"));
  assert.equal(seen.length, 1);
});

test("many photos go in several requests", async () => {
  const { facepass, got } = clientOf([1, 2, 3].map((id) => answer(202, { ...REPORT, accepted: [{ id }] })));
  const report = await facepass.uploadPhotos("g", Array.from({ length: 41 }, () => new Uint8Array(1)));
  assert.deepEqual(report.accepted.map(({ id }) => id), [1, 2, 3]);
  assert.deepEqual(got.map(({ text }) => text.split('name="files"').length - 1), [20, 20, 1]);
});

test("work that does not end is said", async () => {
  const { facepass } = clientOf(Array.from({ length: 9 }, () => answer(200, { state: "pending" })));
  await assert.rejects(facepass.waitForTask("t", 0.2), client.StillRunning);
});

test("whole answers are there for who needs a header", async () => {
  const { facepass, got } = clientOf([answer(200, {}, { ETag: '"1"' }), answer(200, {})]);
  const ifMatch = (await facepass.request("GET", "/api/v2/config?level=studio")).headers.get("ETag");
  await facepass.config.change({ recognition_settings: {} }, { ifMatch });
  assert.equal(got[0].url.search, "?level=studio");
  assert.equal(got[1].headers["If-Match"], '"1"');
});

const BODY = '{"id":"e","type":"face.enrolled","created_at":"t","studio_id":"s","data":{}}';
const hmac = (secret, moment) => createHmac("sha256", secret).update(`${moment}.${BODY}`).digest("hex");
const now = () => Math.floor(Date.now() / 1000);

test("a webhook is read with any of its secrets, as text, bytes or a blob", async () => {
  const moment = now();
  const header = `t=${moment},v1=${hmac("new", moment)},v1=${hmac("old", moment)}`;
  for (const body of [BODY, new TextEncoder().encode(BODY), new Blob([BODY])]) {
    assert.equal((await readEvent(body, header, "old")).type, "face.enrolled");
  }
  assert.equal((await readEvent(BODY, `t=${moment},v1=${hmac("old", moment)}`, ["new", "old"])).id, "e");
});

test("a forged or old webhook is refused", async () => {
  const [moment, hour] = [now(), 3600];
  const wrong = [
    `t=${moment},v1=${hmac("other", moment)}`, `t=${moment}`, `t=${moment},v1=é`, `t=${moment},v1=0`, `t=${moment},v1=`,
    `t=${moment - hour},v1=${hmac("s", moment - hour)}`, `t=${moment + hour},v1=${hmac("s", moment + hour)}`,
    "t=soon,v1=00", "", undefined,
  ];
  for (const header of wrong) await assert.rejects(readEvent(BODY, header, "s"), client.InvalidSignature, header);
});
