/* Files on their way to a gallery, several at once. A file that the gallery has is not sent; a connection that was lost
is waited for. Each change of an entry is told by `changed(entry)`. */

import { ask, csrf, Refusal } from "../kit/http.js";
import { isPicture } from "./upload_files.js";

const AT_ONCE = 3;
const LARGEST_DIGEST = 200_000_000;
const LONGEST_WAIT_MS = 15_000;
export const OVER = new Set(["accepted", "duplicate", "refused", "skipped"]);

export class Queue {
  constructor({ paths, texts, changed, lost }) {
    Object.assign(this, { paths, texts, changed, lost, entries: [], running: 0, wait: 1000 });
  }

  add(files) {
    const known = new Set(this.entries.filter((entry) => !OVER.has(entry.state)).map((entry) => entry.path));
    const added = files.filter(({ path }) => !known.has(path)).map(({ path, file }) => ({ path, file, state: "waiting", sent: 0 }));
    this.entries.push(...added);
    for (const entry of added) this.set(entry, isPicture(entry.path, entry.file) ? "waiting" : "skipped");
    while (this.running < AT_ONCE && this.next()) this.work();
  }

  get left() {
    return this.entries.filter((entry) => !OVER.has(entry.state));
  }

  next() {
    return this.entries.find((entry) => entry.state === "waiting");
  }

  set(entry, state, message = "") {
    Object.assign(entry, { state, message });
    if (OVER.has(state)) entry.file = { size: entry.file.size }; // so that the browser may let go of it
    this.changed(entry);
  }

  async work() {
    this.running += 1;
    for (let entry = this.next(); entry; entry = this.next()) await this.bring(entry);
    this.running -= 1;
  }

  async bring(entry) {
    try {
      this.set(entry, "checking");
      if (await this.isThere(entry)) { this.set(entry, "duplicate"); return; }
      this.set(entry, "sending");
      const found = this.paths.upload_place ? await this.putStraight(entry) : await this.post(entry);
      this.wait = 1000;
      this.lost(false);
      this.set(entry, found.outcome, found.message);
    } catch (problem) {
      await this.failed(entry, problem);
    }
  }

  async failed(entry, problem) {
    if (problem.code === "offline" || problem.code === "upload_missing" || problem.status >= 502) {
      entry.sent = 0;
      this.set(entry, "waiting");
      this.lost(true);
      await this.patience();
    } else {
      this.set(entry, "refused", problem.message);
    }
  }

  /* Until the browser says that it is online again, or after a while in any case. */
  patience() {
    const wait = this.wait;
    this.wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    return new Promise((done) => {
      const timer = setTimeout(done, wait);
      addEventListener("online", () => { clearTimeout(timer); done(); }, { once: true });
    });
  }

  /* By its content. A page that came without TLS has no digests; the server sees what it has by itself then. */
  async isThere(entry) {
    if (!globalThis.crypto?.subtle || entry.file.size > LARGEST_DIGEST) return false;
    const bytes = await crypto.subtle.digest("SHA-256", await entry.file.arrayBuffer());
    const digest = [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const found = await ask(this.paths.upload_there, { body: { sha256: [digest] }, texts: this.texts });
    return digest in found.there;
  }

  async post(entry) {
    const form = new FormData();
    form.append("file", entry.file, name(entry));
    const answer = await this.send(entry, "POST", this.paths.upload_file, form, { "X-CSRFToken": csrf() });
    return this.read(answer);
  }

  /* Into the bucket, past the server, which is then told where. */
  async putStraight(entry) {
    const { id, url } = await ask(this.paths.upload_place, { body: { size: entry.file.size }, texts: this.texts });
    const answer = await this.send(entry, "PUT", url, entry.file, {});
    if (answer.status >= 300) throw new Refusal(this.texts.failed, { code: "offline", status: answer.status });
    return ask(this.paths.upload_arrived, { body: { id, name: name(entry) }, texts: this.texts });
  }

  /* By XMLHttpRequest, which alone tells how far an upload is. */
  send(entry, method, address, body, headers) {
    return new Promise((done, failed) => {
      const request = new XMLHttpRequest();
      request.open(method, address);
      for (const [header, value] of Object.entries(headers)) request.setRequestHeader(header, value);
      request.upload.addEventListener("progress", (event) => {
        entry.sent = event.loaded;
        this.changed(entry);
      });
      const offline = () => failed(new Refusal(this.texts.offline, { code: "offline" }));
      request.addEventListener("error", offline);
      request.addEventListener("timeout", offline);
      request.addEventListener("load", () => done(request));
      request.send(body);
    });
  }

  read(answer) {
    let found = {};
    try { found = JSON.parse(answer.responseText); } catch { /* an answer of a proxy, or the page to sign in */ }
    if (answer.status < 300 && found.outcome) return found;
    const code = found.error?.code ?? "unreadable";
    throw new Refusal(found.error?.message ?? (answer.status < 300 ? this.texts.signed_out : this.texts.failed), { code, status: answer.status });
  }
}

function name(entry) {
  return entry.path.split("/").pop();
}
