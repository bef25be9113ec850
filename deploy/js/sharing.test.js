import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { isForSaving, isForShareSheet } from "../../static/facepass/sharing/hand_over.js";
import { MOST_FILES, canShareFiles, fetchPictures, fileName, openShareSheet } from "../../static/facepass/sharing/pictures.js";

const ANDROID = "Mozilla/5.0 (Linux; Android 15) Chrome/140 Mobile", IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)";
const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605";
const own = Object.getOwnPropertyDescriptor(globalThis, "navigator");
const fetched = globalThis.fetch;
const many = (n) => Array.from({ length: n }, (_, at) => `/found/${at}`);
let shared;

function browse(userAgent, { sheet = true, error = null, fingers = 0 } = {}) {
  const share = async (what) => { if (error) throw new DOMException("", error); shared = what; };
  const value = { userAgent, maxTouchPoints: fingers, ...(sheet && { share, canShare: ({ files }) => files.length > 0 }) };
  Object.defineProperty(globalThis, "navigator", { value, configurable: true });
}

beforeEach(() => { shared = null; });
afterEach(() => {
  if (own) Object.defineProperty(globalThis, "navigator", own);
  else delete globalThis.navigator; // Node 20 has none
  globalThis.fetch = fetched;
});

test("pictures are shared as files where the browser does that, up to as many as it takes", () => {
  browse(ANDROID);
  assert.equal(canShareFiles(), true);
  assert.equal(isForShareSheet(many(MOST_FILES)), true);
  assert.equal(isForShareSheet(many(MOST_FILES + 1)), false);
  assert.equal(isForShareSheet([]), false);
  assert.equal(isForShareSheet(["/found/1", ""]), false, "the studio gives no files");
  browse(ANDROID, { sheet: false });
  assert.equal(isForShareSheet(many(1)), false);
});

test("one picture is saved as it is, several as a ZIP, but on an iPhone by the share sheet", () => {
  browse(ANDROID);
  assert.deepEqual([many(1), many(2), [""], []].map(isForSaving), [true, false, false, false]);
  browse(IPHONE);
  assert.deepEqual([many(1), many(2), many(MOST_FILES + 1)].map(isForSaving), [true, true, false]);
  browse(MAC, { fingers: 5 });
  assert.equal(isForSaving(many(2)), true, "an iPad says that it is a Mac");
  browse(MAC);
  assert.equal(isForSaving(many(2)), false);
});

test("a file has the name that the server gives it", () => {
  assert.equal(fileName('inline; filename="IMG_1.JPG"', "image/jpeg", 1), "IMG_1.JPG");
  assert.equal(fileName('attachment; filename="a \\"b\\".jpg"', "image/jpeg", 1), 'a "b".jpg');
  assert.equal(fileName("attachment; filename*=utf-8''%D0%90%D0%BD%D1%8F.jpg", "image/jpeg", 1), "Аня.jpg");
  assert.equal(fileName(null, "image/png", 3), "photo-3.png");
  assert.equal(fileName(null, "", 4), "photo-4.jpg");
});

test("pictures are fetched in their order, or not at all", async () => {
  globalThis.fetch = async (address) => new Response(address, { headers: { "Content-Type": "image/jpeg" } });
  const files = await fetchPictures(["/found/b", "/found/a"]);
  assert.deepEqual(await Promise.all(files.map((file) => file.text())), ["/found/b", "/found/a"]);
  assert.deepEqual(files.map((file) => [file.name, file.type]), [["photo-1.jpg", "image/jpeg"], ["photo-2.jpg", "image/jpeg"]]);
  globalThis.fetch = async () => new Response("", { status: 404 });
  await assert.rejects(fetchPictures(["/found/a"]), TypeError);
});

test("the sheet may be closed, or want another press", async () => {
  const files = [new File(["x"], "x.jpg")];
  browse(ANDROID);
  assert.equal(await openShareSheet(files), "shared");
  assert.deepEqual(shared, { files });
  browse(ANDROID, { error: "AbortError" });
  assert.equal(await openShareSheet(files), "closed");
  browse(ANDROID, { error: "NotAllowedError" });
  assert.equal(await openShareSheet(files), "late");
});
