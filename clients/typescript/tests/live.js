// BASE=… KEY=… node live.js PHOTOS SELFIE: what the client does with a running server; fails where that is not as expected.
import assert from "node:assert/strict";
import { openAsBlob, readFileSync } from "node:fs";

import { ChangedMeanwhile, Conflict, FacePass, fromFolder, fromPath, NotFound, NotReadable } from "facepass-client/node";

const [, , photos, selfie] = process.argv;
const facepass = new FacePass(process.env.BASE, process.env.KEY, { timeout: 300 });

const person = { real_name: "Ann", email: "ann.ts@example.org", metadata: { vip: true } };
const { id } = await facepass.people.create(person);
const conflict = await facepass.people.create(person).catch((error) => error);
assert.ok(conflict instanceof Conflict && conflict.code === "email_taken" && conflict.requestId);
assert.equal((await facepass.people.change(id, { real_name: "Ann B." })).real_name, "Ann B.");
const enrolled = await facepass.faces.upload({ person_id: id, file: await fromPath(selfie) });
assert.equal((await facepass.waitForTask(enrolled.task_id, 300)).state, "done");
assert.ok((await facepass.people.export(id)).size > 100);

const session = await facepass.sessions.create({ name: "Party", facepass_enabled: true });
const gallery = await facepass.galleries.create({ title: "Party", session_id: session.id });
const seen = [];
const onProgress = (...sent) => seen.push(sent);
const report = await facepass.uploadPhotos(gallery.id, fromFolder(photos), { onProgress });
assert.equal(report.accepted.length, 3);
assert.equal(seen.at(-1)[0], seen.at(-1)[1]);
const stream = { content: (await openAsBlob(`${photos}/0.jpg`)).stream(), name: "again.jpg" };
const again = await facepass.galleries.uploadImages(gallery.id, { files: [stream, readFileSync(selfie), new Blob(["no picture"])] });
assert.deepEqual([again.accepted.length, again.duplicates.length, again.rejected.length], [1, 1, 1]);
await facepass.waitForGallery(gallery.id);
const pages = [];
for await (const page of facepass.images.list({ session_id: session.id, page_size: 3 }).pages()) pages.push(page.length);
assert.deepEqual(pages, [3, 1]);
const found = await facepass.faces.searchSession({ session_id: session.id, file: await fromPath(selfie), limit: 10 });
assert.deepEqual(found.matches.map(({ filename }) => filename).sort(), ["0.jpg", "1.jpg", "picture"]);
await assert.rejects(facepass.galleries.get(crypto.randomUUID()), NotFound);
await assert.rejects(facepass.verification.compare({ file: await fromPath(selfie), other_file: new Blob(["no"]) }), NotReadable);

const ifMatch = (await facepass.request("GET", "/api/v2/config")).headers.get("ETag");
const part = { recognition_settings: { confidence_thresholds: { verify: 0.62 } } };
assert.equal((await facepass.config.change(part, { ifMatch })).recognition_settings.confidence_thresholds.verify, 0.62);
await assert.rejects(facepass.config.change(part, { ifMatch }), ChangedMeanwhile);
assert.equal(await facepass.galleries.delete(gallery.id), null);
