/* A gallery's photos, however many: only the cells in sight exist, and their photos are fetched a window at a time. */

import { ask, made, told } from "../kit/http.js";
import { bind } from "../kit/keys.js";
import { hide, say } from "../kit/notice.js";

const WINDOW = 100;
const CELL_WIDTH = 176;
const CELL_HEIGHT = 168;
const ROWS_BEYOND = 3;
const REFRESH_MS = 1000;

const section = document.querySelector("[data-grid]");
if (section) start(section);

function start(section) {
  const query = new URLSearchParams(location.search);
  const page = {
    section,
    sheet: section.querySelector("[data-sheet]"),
    paths: told("fp-paths"),
    texts: told("fp-texts"),
    filter: query.get("filter") ?? "all",
    person: query.get("person") ?? "",
    total: null,
    windows: new Map(), // number of the window: its photos, or null while they are on their way
    cells: new Map(), // place of a photo: its cell
    columns: 1,
    asked: 0,
    refreshing: null,
    stale: false,
  };
  addEventListener("scroll", () => draw(page), { capture: true, passive: true });
  // Not within the observer's own round: drawing changes the sheet's height, which it observes too.
  new ResizeObserver(() => requestAnimationFrame(() => draw(page))).observe(page.sheet);
  document.addEventListener("fp-progress", () => refresh(page));
  document.addEventListener("fp-uploaded", () => refresh(page));
  section.addEventListener("click", (event) => clicked(page, event));
  section.querySelector("[data-person]").addEventListener("change", (event) => choose(page, { person: event.target.value }));
  addEventListener("pagehide", () => sessionStorage.setItem(place(page), String(scrollTop())));
  keys(page);
  mark(page);
  count(page);
  people(page);
  load(page, 0).then(() => scrollBack(page));
}

/* unfold may scroll an inner element; where it does, that is the one. */
function scroller() {
  return document.scrollingElement;
}

function scrollTop() {
  return scroller().scrollTop;
}

function place(page) {
  return `fp-grid ${location.pathname} ${page.filter} ${page.person}`;
}

function scrollBack(page) {
  const kept = Number(sessionStorage.getItem(place(page)) ?? 0);
  sessionStorage.removeItem(place(page));
  draw(page);
  if (kept) scroller().scrollTop = kept;
}

function address(page, path, more = {}) {
  const found = new URL(path, location.href);
  const query = { filter: page.filter, person: page.person, ...more };
  for (const [name, value] of Object.entries(query)) if (value !== "") found.searchParams.set(name, value);
  return found;
}

async function load(page, number) {
  if (page.windows.get(number) === undefined) page.windows.set(number, null);
  const round = page.asked;
  try {
    const where = address(page, page.paths.window, { offset: number * WINDOW, limit: WINDOW });
    const found = await ask(where, { texts: page.texts });
    if (round !== page.asked) return; // another filter by now
    hideProblem(page);
    page.windows.set(number, found.photos);
    resize(page, found.total);
  } catch (refusal) {
    if (round !== page.asked) return;
    if (page.windows.get(number) === null) page.windows.delete(number);
    say(refusal.message, { bad: true });
    page.problem = true;
  }
  draw(page);
}

function hideProblem(page) {
  if (page.problem) hide();
  page.problem = false;
}

function resize(page, total) {
  page.total = total;
  const empty = page.section.querySelector("[data-empty]");
  empty.hidden = total > 0;
  empty.textContent = page.filter === "all" && !page.person ? page.texts.empty : page.texts.none_left;
}

function draw(page) {
  if (page.total === null) return;
  const width = page.sheet.clientWidth;
  page.columns = Math.max(1, Math.floor(width / CELL_WIDTH));
  const rows = Math.ceil(page.total / page.columns);
  page.sheet.style.height = `${rows * CELL_HEIGHT}px`;
  const top = page.sheet.getBoundingClientRect().top;
  const first = Math.max(0, Math.floor(-top / CELL_HEIGHT) - ROWS_BEYOND) * page.columns;
  const last = Math.min(page.total, Math.ceil((innerHeight - top) / CELL_HEIGHT + ROWS_BEYOND) * page.columns);
  for (const [index, cell] of page.cells) {
    if (index < first || index >= last) { cell.remove(); page.cells.delete(index); }
  }
  for (let index = first; index < last; index += 1) put(page, index, width / page.columns);
}

function put(page, index, width) {
  const number = Math.floor(index / WINDOW);
  if (!page.windows.has(number)) load(page, number);
  const photo = page.windows.get(number)?.[index % WINDOW];
  let cell = page.cells.get(index);
  if (!cell) {
    cell = newCell();
    page.cells.set(index, cell);
    page.sheet.append(cell);
  }
  const left = `${(index % page.columns) * width}px`;
  const top = `${Math.floor(index / page.columns) * CELL_HEIGHT}px`;
  Object.assign(cell.style, { left, top, width: `${width}px`, height: `${CELL_HEIGHT}px` });
  cell.dataset.index = index;
  if (photo) fill(page, cell, photo);
}

function newCell() {
  const cell = made("a", { className: "fp-cell" });
  cell.append(made("span", { className: "fp-cell-picture" }), made("span", { className: "fp-name" }), made("span", { className: "fp-note" }));
  return cell;
}

function fill(page, cell, photo) {
  const content = JSON.stringify(photo);
  if (cell.content === content) return;
  cell.content = content;
  cell.href = address(page, page.section.dataset.photo.replace("00000000-0000-0000-0000-000000000000", photo.id));
  cell.dataset.photo = photo.id;
  cell.dataset.state = photo.state;
  cell.title = photo.error || photo.name;
  const [picture, name, note] = cell.children;
  name.textContent = photo.name;
  note.textContent = photo.note;
  note.classList.toggle("fp-bad", photo.error !== "");
  picture.replaceChildren();
  if (photo.thumbnail) picture.append(made("img", { src: photo.thumbnail, alt: "", loading: "lazy", decoding: "async" }));
}

/* Events may come by the hundred: what is in sight is asked again once a second at most. */
function refresh(page) {
  if (page.refreshing) { page.stale = true; return; }
  page.refreshing = setTimeout(async () => {
    page.stale = false;
    const seen = new Set([...page.cells.keys()].map((index) => Math.floor(index / WINDOW)));
    for (const number of page.windows.keys()) if (!seen.has(number)) page.windows.delete(number);
    await Promise.all([count(page), ...[...(seen.size ? seen : [0])].map((number) => load(page, number))]);
    page.refreshing = null;
    if (page.stale) refresh(page);
  }, REFRESH_MS / 2);
}

async function count(page) {
  try {
    const found = await ask(page.paths.counts, { texts: page.texts });
    const number = new Intl.NumberFormat(document.documentElement.lang || undefined);
    for (const [name, value] of Object.entries(found)) {
      const count = page.section.querySelector(`[data-filter="${name}"] [data-count]`);
      if (count) count.textContent = number.format(value);
    }
    const retry = page.section.querySelector("[data-retry]");
    if (retry) retry.hidden = found.failed === 0;
  } catch { /* the grid says what is wrong */ }
}

async function people(page) {
  const list = page.section.querySelector("[data-person]");
  try {
    const found = await ask(page.paths.people, { texts: page.texts });
    for (const person of found.people) {
      list.append(new Option(`${person.name} (${person.photos})`, person.id, false, person.id === page.person));
    }
  } catch (refusal) {
    say(refusal.message, { bad: true });
  }
}

function choose(page, { filter = page.filter, person = page.person }) {
  Object.assign(page, { filter, person, asked: page.asked + 1, total: null });
  page.windows.clear();
  for (const cell of page.cells.values()) cell.remove();
  page.cells.clear();
  history.replaceState(null, "", address(page, location.pathname));
  mark(page);
  load(page, 0);
}

function mark(page) {
  for (const button of page.section.querySelectorAll("[data-filter]")) {
    button.setAttribute("aria-pressed", String(button.dataset.filter === page.filter));
  }
}

function clicked(page, event) {
  const filter = event.target.closest("[data-filter]");
  if (filter) choose(page, { filter: filter.dataset.filter });
  if (event.target.closest("[data-retry]")) retry(page);
}

async function retry(page) {
  try {
    const found = await ask(page.paths.retry, { body: {}, texts: page.texts });
    say(found.said);
    refresh(page);
  } catch (refusal) {
    say(refusal.message, { bad: true });
  }
}

function keys(page) {
  const step = (by) => () => move(page, by());
  const filters = [...page.section.querySelectorAll("[data-filter]")].map((button) => button.dataset.filter);
  const byNumber = Object.fromEntries(filters.map((filter, index) => [String(index + 1), () => choose(page, { filter })]));
  bind({
    ArrowRight: step(() => 1),
    ArrowLeft: step(() => -1),
    ArrowDown: step(() => page.columns),
    ArrowUp: step(() => -page.columns),
    p: () => page.section.querySelector("[data-person]").focus(),
    ...byNumber,
  });
}

/* Among the cells by arrows; the browser opens the one in focus on Enter. */
function move(page, by) {
  const now = document.activeElement.closest?.("[data-index]");
  const index = now ? Number(now.dataset.index) + by : firstInSight(page);
  if (index < 0 || index >= page.total) return false;
  const top = page.sheet.getBoundingClientRect().top + Math.floor(index / page.columns) * CELL_HEIGHT;
  if (top < 80) scroller().scrollTop += top - 80;
  if (top + CELL_HEIGHT > innerHeight) scroller().scrollTop += top + CELL_HEIGHT - innerHeight;
  draw(page);
  page.cells.get(index)?.focus({ preventScroll: true });
  return true;
}

function firstInSight(page) {
  const top = page.sheet.getBoundingClientRect().top;
  return Math.max(0, Math.ceil((80 - top) / CELL_HEIGHT)) * page.columns;
}
