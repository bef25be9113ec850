// @ts-check
/* Dropping or choosing photos on the page of a gallery or an event, and what became of each. */

import { all, fill, find, make, need, readJson } from "../kit/dom.js";
import { areTagged, destinationsOf } from "./upload_destination.js";
import { chosen, dropped, ofHandles } from "./upload_files.js";
import { keep, kept } from "./upload_memory.js";
import { OVER, Queue } from "./upload_queue.js";
import { UploadReport } from "./upload_report.js";

/** @typedef {import("./upload_files.js").Found} Found */
/** @typedef {import("./upload_memory.js").Left} Left */
/** @typedef {import("./upload_queue.js").Entry} Entry */

const KEEP_MS = 1000;

class Upload {
  texts = readJson("fp-upload-texts");
  /** @type {Map<Entry, HTMLLIElement>} */
  #rows = new Map();
  /** @type {FileSystemHandle[]} */
  #handles = [];
  #isSaving = false;

  /** @param {HTMLElement} section */
  constructor(section) {
    this.section = section;
    this.report = new UploadReport(section, this.texts);
    this.queue = new Queue({
      pathsOf: destinationsOf(section),
      areTagged: () => areTagged(section),
      takesRaw: section.dataset.raw !== undefined,
      changed: (entry) => this.#changed(entry),
      lost: (is) => this.#lost(is),
    });
  }

  start() {
    const { section } = this;
    for (const input of all("input[type=file]", section)) {
      if (input instanceof HTMLInputElement) input.addEventListener("change", () => { this.#add(chosen(input)); input.value = ""; });
    }
    // Anywhere on the page: a drop beside the frame would otherwise leave the page for the file.
    addEventListener("dragover", (event) => { if (hasFiles(event)) { event.preventDefault(); section.classList.add("fp-over"); } });
    addEventListener("dragleave", (event) => { if (!event.relatedTarget) section.classList.remove("fp-over"); });
    addEventListener("drop", (event) => { if (hasFiles(event)) this.#drop(event); });
    addEventListener("beforeunload", (event) => { if (this.queue.left.length) event.preventDefault(); });
    this.#remind();
  }

  /** @param {DragEvent} event */
  async #drop(event) {
    event.preventDefault();
    this.section.classList.remove("fp-over");
    if (!event.dataTransfer) return;
    const { files, handles } = await dropped(event.dataTransfer);
    this.#add(files, handles);
  }

  /**
   * @param {Found[]} files
   * @param {FileSystemHandle[]} [handles]
   */
  #add(files, handles = []) {
    need("[data-left]", this.section).hidden = true;
    this.#handles.push(...handles);
    this.queue.add(files);
    this.#save();
  }

  /** @param {Entry} entry */
  #changed(entry) {
    const row = this.#rows.get(entry) ?? this.#newRow(entry);
    show(row, entry, this.texts);
    this.#summarize();
    if (OVER.has(entry.state)) this.#over(entry, row);
  }

  /** @param {Entry} entry */
  #newRow(entry) {
    const name = make("span", { className: "fp-name", text: entry.path, title: entry.path });
    const row = make("li", {}, name, make("span", { className: "fp-note" }));
    this.#rows.set(entry, row);
    need("[data-waiting]", this.section).append(row);
    return row;
  }

  /**
   * What was added shows in the grid; what was not is named.
   * @param {Entry} entry
   * @param {HTMLElement} row
   */
  #over(entry, row) {
    if (entry.state === "accepted") {
      row.remove();
      document.dispatchEvent(new CustomEvent("fp-uploaded"));
    } else {
      this.report.add(entry, row);
    }
    this.#save();
  }

  #summarize() {
    const { entries } = this.queue;
    const counts = { waiting: 0, checking: 0, sending: 0, accepted: 0, duplicate: 0, refused: 0, skipped: 0 };
    const bytes = { all: 0, sent: 0 };
    for (const { state, size, sent } of entries) {
      counts[state] += 1;
      bytes.all += size;
      bytes.sent += OVER.has(state) ? size : Math.min(sent, size);
    }
    const bar = need("[data-total]", this.section, HTMLProgressElement);
    bar.max = bytes.all || 1;
    bar.value = bytes.sent;
    bar.hidden = !entries.length;
    const left = counts.waiting + counts.checking + counts.sending;
    const refused = counts.refused + counts.skipped;
    const values = { ...counts, refused, left, total: entries.length, done: entries.length - left };
    need("[data-summary]", this.section).textContent = fill(left ? this.texts.total : this.texts.over, values);
    this.section.dataset.state = left ? "busy" : "over";
  }

  /** @param {boolean} is */
  #lost(is) {
    const line = need("[data-broken]", this.section);
    line.hidden = !is;
    line.textContent = this.texts.lost;
  }

  #save() {
    if (this.#isSaving) return;
    this.#isSaving = true;
    setTimeout(() => {
      this.#isSaving = false;
      keep(location.pathname, { left: this.queue.left.map((entry) => entry.path), handles: this.#handles });
    }, KEEP_MS);
  }

  /** An upload that a reload broke off: goes on by itself where the browser kept the files, else with the folder again. */
  async #remind() {
    const found = await kept(location.pathname);
    if (!found) return;
    const line = need("[data-left]", this.section);
    const text = found.handles.length ? this.texts.resume : this.texts.drop_again;
    need("[data-text]", line).textContent = fill(text, { number: found.left.length });
    const resume = need("[data-resume]", line);
    resume.hidden = !found.handles.length;
    resume.addEventListener("click", () => this.#goOn(found));
    need("[data-forget]", line).addEventListener("click", () => {
      line.hidden = true;
      keep(location.pathname, { left: [], handles: [] });
    });
    line.hidden = false;
  }

  /** @param {Left} left */
  async #goOn({ left, handles }) {
    for (const handle of handles) if (!(await isAllowed(handle))) return;
    const wanted = new Set(left);
    const files = await ofHandles(handles);
    this.#add(files.filter(({ path }) => wanted.has(path)), handles);
  }
}

/**
 * Ask the user again, as browsers want after a reload.
 * @param {FileSystemHandle} handle
 */
async function isAllowed(handle) {
  // Not in TypeScript's DOM, as not every browser has it.
  const { requestPermission } = /** @type {{requestPermission?: (options: {mode: string}) => Promise<string>}} */ (/** @type {unknown} */ (handle));
  return (await requestPermission?.call(handle, { mode: "read" })) !== "denied";
}

/**
 * @param {HTMLElement} row
 * @param {Entry} entry
 * @param {Record<string, string>} texts
 */
function show(row, { state, message, sent, size }, texts) {
  row.dataset.state = state;
  const percent = state === "sending" ? Math.min(100, (100 * sent) / (size || 1)) : 0;
  row.style.setProperty("--done", `${percent}%`);
  need(".fp-note", row).textContent = (message || (texts[state] ?? "")) + (state === "sending" && sent ? ` ${Math.round(percent)} %` : "");
}

/** @param {DragEvent} event */
function hasFiles(event) {
  return [...(event.dataTransfer?.types ?? [])].includes("Files");
}

const section = find("[data-upload]");
if (section) new Upload(section).start();
