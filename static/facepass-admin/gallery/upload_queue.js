// @ts-check
/* Files on their way to a gallery, several at once. A file that the gallery has is not sent; a connection that was lost
is waited for. Each change of an entry is told by `changed(entry)`. */

import { post, put, Refusal, upload } from "../kit/http.js";
import { isPicture, kindOf } from "./upload_files.js";

/** @typedef {import("./upload_files.js").Found} Found */
/** @typedef {"waiting" | "checking" | "sending" | "accepted" | "duplicate" | "refused" | "skipped"} State */
/** `reason`: the kind of file that is not sent, or the server's code. @typedef {{path: string, file: File | null, size: number, state: State, sent: number, message: string, reason: string}} Entry */
/** @typedef {import("./upload_destination.js").Paths} Paths */
/** What became of a file. @typedef {{outcome: State, message?: string, code?: string}} Outcome */

const AT_ONCE = 3;
const LARGEST_DIGEST = 200_000_000;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15_000;
/** @type {Set<State>} */
export const OVER = new Set(["accepted", "duplicate", "refused", "skipped"]);

export class Queue {
  /** @type {Entry[]} */
  entries = [];
  #running = 0;
  #wait = FIRST_WAIT_MS;

  /**
   * @param {{pathsOf: (path: string) => Promise<Paths>, areTagged: () => boolean, takesRaw: boolean, changed: (entry: Entry) => void, lost: (is: boolean) => void}} options
   *   `areTagged` tells whether a photo gets its folder's name as a tag, `lost` whether the connection is
   */
  constructor({ pathsOf, areTagged, takesRaw, changed, lost }) {
    this.pathsOf = pathsOf;
    this.areTagged = areTagged;
    this.takesRaw = takesRaw;
    this.changed = changed;
    this.lost = lost;
  }

  /** @param {Found[]} files */
  add(files) {
    const known = new Set(this.left.map((entry) => entry.path));
    for (const { path, file } of files.filter((found) => !known.has(found.path))) {
      /** @type {Entry} */
      const entry = { path, file, size: file.size, state: "waiting", sent: 0, message: "", reason: "" };
      this.entries.push(entry);
      const kind = kindOf({ path, file });
      if ((kind === "raw" && !this.takesRaw) || kind === "video") this.#set(entry, "skipped", { reason: kind });
      else this.#set(entry, "waiting");
    }
    while (this.#running < AT_ONCE && this.#next()) this.#work();
  }

  get left() {
    return this.entries.filter((entry) => !OVER.has(entry.state));
  }

  #next() {
    return this.entries.find((entry) => entry.state === "waiting");
  }

  /**
   * @param {Entry} entry
   * @param {State} state
   * @param {{message?: string, reason?: string}} [why]
   */
  #set(entry, state, { message = "", reason = "" } = {}) {
    Object.assign(entry, { state, message, reason });
    if (OVER.has(state)) entry.file = null; // so that the browser may let go of it
    this.changed(entry);
  }

  async #work() {
    this.#running += 1;
    for (let entry = this.#next(); entry; entry = this.#next()) await this.#bring(entry);
    this.#running -= 1;
  }

  /** @param {Entry} entry */
  async #bring(entry) {
    const { file } = entry;
    if (!file) return;
    try {
      this.#set(entry, "checking");
      if (kindOf({ path: entry.path, file }) === "other" && !(await isPicture(file))) { this.#set(entry, "skipped", { reason: "other" }); return; }
      const paths = await this.pathsOf(entry.path);
      if (await this.#isThere(file, paths)) { this.#set(entry, "duplicate"); return; }
      this.#set(entry, "sending");
      const { outcome, message, code } = await this.#send(entry, file, paths);
      this.#wait = FIRST_WAIT_MS;
      this.lost(false);
      this.#set(entry, outcome, { message, reason: code });
    } catch (error) {
      await this.#failed(entry, error);
    }
  }

  /**
   * @param {Entry} entry
   * @param {unknown} error
   */
  async #failed(entry, error) {
    if (!(error instanceof Refusal)) { // such as a file that is not on the disk any more
      this.#set(entry, "refused", { message: error instanceof Error ? error.message : String(error) });
    } else if (error.code === "offline" || error.code === "upload_missing" || error.status >= 502) {
      entry.sent = 0;
      this.#set(entry, "waiting");
      this.lost(true);
      await this.#patience();
    } else {
      this.#set(entry, "refused", { message: error.message, reason: error.code });
    }
  }

  /**
   * Until the browser says that it is online again, or after a while in any case.
   * @returns {Promise<void>}
   */
  #patience() {
    const wait = this.#wait;
    this.#wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    return new Promise((done) => {
      const timer = setTimeout(done, wait);
      addEventListener("online", () => { clearTimeout(timer); done(); }, { once: true });
    });
  }

  /**
   * By its content. A page that came without TLS has no digests; the server sees what it has by itself then.
   * @param {File} file
   * @param {Paths} paths
   */
  async #isThere(file, paths) {
    if (!globalThis.crypto?.subtle || file.size > LARGEST_DIGEST) return false;
    const bytes = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    const digest = [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const { there } = await post(paths.upload_there ?? "", { sha256: [digest] });
    return digest in there;
  }

  /**
   * To the server; or, where there is a bucket, into that, and the server is told where.
   * @param {Entry} entry
   * @param {File} file
   * @param {Paths} paths
   * @returns {Promise<Outcome>}
   */
  async #send(entry, file, paths) {
    const cut = entry.path.lastIndexOf("/");
    const [folder, name] = [entry.path.slice(0, Math.max(0, cut)), entry.path.slice(cut + 1)];
    const tagged = this.areTagged();
    const onProgress = (/** @type {number} */ bytes) => { entry.sent = bytes; this.changed(entry); };
    if (!paths.upload_place) {
      const form = new FormData();
      form.append("folder", folder);
      if (tagged) form.append("tagged", "1");
      form.append("file", file, name);
      return upload(paths.upload_file ?? "", form, onProgress);
    }
    const { id, url } = await post(paths.upload_place, { size: file.size });
    await put(url, file, onProgress);
    return post(paths.upload_arrived ?? "", { id, name, folder, tagged });
  }
}
