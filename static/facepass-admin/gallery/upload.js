/* Dropping or choosing photos on a gallery's page, and what became of each. */

import { filled, made, told } from "../kit/http.js";
import { chosen, dropped, ofHandles } from "./upload_files.js";
import { keep, kept } from "./upload_memory.js";
import { OVER, Queue } from "./upload_queue.js";

const KEEP_MS = 1000;

const section = document.querySelector("[data-upload]");
if (section) start(section);

function start(section) {
  const page = { section, texts: told("fp-upload-texts"), rows: new Map(), handles: [], saving: null };
  const paths = told("fp-paths");
  page.queue = new Queue({ paths, texts: page.texts, changed: (entry) => changed(page, entry), lost: (is) => lost(page, is) });
  for (const input of section.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => { add(page, { files: chosen(input), handles: [] }); input.value = ""; });
  }
  // Anywhere on the page: a drop beside the frame would otherwise leave the page for the file.
  addEventListener("dragover", (event) => { if (hasFiles(event)) { event.preventDefault(); section.classList.add("fp-over"); } });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) section.classList.remove("fp-over"); });
  addEventListener("drop", (event) => { if (hasFiles(event)) drop(page, event); });
  addEventListener("beforeunload", (event) => { if (page.queue.left.length) event.preventDefault(); });
  remind(page);
}

function hasFiles(event) {
  return [...(event.dataTransfer?.types ?? [])].includes("Files");
}

async function drop(page, event) {
  event.preventDefault();
  page.section.classList.remove("fp-over");
  add(page, await dropped(event.dataTransfer));
}

function add(page, { files, handles }) {
  page.section.querySelector("[data-left]").hidden = true;
  page.handles.push(...handles);
  page.queue.add(files);
  save(page);
}

function changed(page, entry) {
  let row = page.rows.get(entry);
  if (!row) {
    row = made("li");
    row.append(made("span", { className: "fp-name", text: entry.path, title: entry.path }), made("span", { className: "fp-note" }));
    page.rows.set(entry, row);
    page.section.querySelector("[data-waiting]").append(row);
  }
  show(page, entry, row);
  summary(page);
  if (OVER.has(entry.state)) over(page, entry, row);
}

function show(page, entry, row) {
  row.dataset.state = entry.state;
  const share = entry.state === "sending" ? entry.sent / (entry.file.size || 1) : 0;
  row.style.setProperty("--done", `${Math.min(100, share * 100)}%`);
  const percent = entry.state === "sending" && entry.sent ? ` ${Math.min(100, Math.round(share * 100))} %` : "";
  row.lastChild.textContent = (entry.message || page.texts[entry.state]) + percent;
}

/* What was added shows in the grid; what was not is named. */
function over(page, entry, row) {
  if (entry.state === "accepted") {
    row.remove();
    document.dispatchEvent(new CustomEvent("fp-uploaded"));
  } else {
    page.section.querySelector("[data-named]").append(row);
  }
  save(page);
}

function summary(page) {
  const { entries } = page.queue;
  const counts = { accepted: 0, duplicate: 0, refused: 0, skipped: 0, bytes: 0, sent: 0, left: 0 };
  for (const entry of entries) {
    counts[entry.state] = (counts[entry.state] ?? 0) + 1;
    counts.bytes += entry.file.size;
    counts.sent += OVER.has(entry.state) ? entry.file.size : Math.min(entry.sent, entry.file.size);
    if (!OVER.has(entry.state)) counts.left += 1;
  }
  counts.refused += counts.skipped;
  const bar = page.section.querySelector("[data-total]");
  bar.max = counts.bytes || 1;
  bar.value = counts.sent;
  bar.hidden = !entries.length;
  const values = { ...counts, total: entries.length, done: entries.length - counts.left };
  page.section.querySelector("[data-summary]").textContent = filled(counts.left ? page.texts.total : page.texts.over, values);
  page.section.dataset.state = counts.left ? "busy" : "over";
}

function lost(page, is) {
  const line = page.section.querySelector("[data-broken]");
  line.hidden = !is;
  line.textContent = page.texts.lost;
}

function save(page) {
  if (page.saving) return;
  page.saving = setTimeout(() => {
    page.saving = null;
    const left = page.queue.left.map((entry) => entry.path);
    keep(location.pathname, { left, handles: page.handles });
  }, KEEP_MS);
}

/* An upload that a reload broke off: goes on by itself where the browser kept the files, else with the folder again. */
async function remind(page) {
  const found = await kept(location.pathname);
  if (!found) return;
  const line = page.section.querySelector("[data-left]");
  const text = found.handles.length ? page.texts.resume : page.texts.drop_again;
  line.querySelector("[data-text]").textContent = filled(text, { number: found.left.length });
  const resume = line.querySelector("[data-resume]");
  resume.hidden = !found.handles.length;
  resume.addEventListener("click", () => goOn(page, found));
  line.querySelector("[data-forget]").addEventListener("click", () => { line.hidden = true; keep(location.pathname, { left: [] }); });
  line.hidden = false;
}

async function goOn(page, { left, handles }) {
  for (const handle of handles) {
    if ((await handle.requestPermission?.({ mode: "read" })) === "denied") return;
  }
  const wanted = new Set(left);
  const files = await ofHandles(handles);
  add(page, { files: files.filter(({ path }) => wanted.has(path)), handles });
}
