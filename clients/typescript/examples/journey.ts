/** BASE=… KEY=… node journey.js PHOTOS SELFIE: a key of its own, an event, photos, a search, a webhook. */
import { createServer } from "node:http";
import { FacePass, fromFolder, fromPath, readEvent, SIGNATURE_HEADER } from "facepass-client/node";

const office = new FacePass(process.env.BASE, process.env.KEY);
const server = createServer(async (request, response) => {
  const event = await readEvent(new Blob(await request.toArray()), request.headers[SIGNATURE_HEADER], webhook.secret);
  console.log("webhook", event.type, event.data.photos);
  response.writeHead(204, { Connection: "close" }).end(() => server.close());
});
const url = `http://127.0.0.1:${server.listen(0).address().port}`;
const webhook = await office.webhooks.create({ url, events: ["gallery.processed"] });
const { token } = await office.admin.createKey({ name: "App", scopes: ["read", "write", "search"] });
const app = new FacePass(process.env.BASE, token);
const { id: session_id } = await app.sessions.create({ name: "Wedding", facepass_enabled: true });
const { id } = await app.galleries.create({ title: "Wedding", session_id });
await app.uploadPhotos(id, fromFolder(process.argv[2]), { onProgress: (...sent) => console.log("sent", ...sent) });
await app.waitForGallery(id);
const found = await app.faces.searchSession({ session_id, file: await fromPath(process.argv[3]) });
found.matches.forEach((match) => console.log("match", match.filename, match.similarity));
