// @ts-check
/* A gallery's photos, however many: filtered, live, by mouse and by key. */

import { all, closest, find, need, readJson } from "../kit/dom.js";
import { get, post, Refusal } from "../kit/http.js";
import { bindKeys } from "../kit/keys.js";
import { hideNotice, notify } from "../kit/notice.js";
import { Selection } from "./selection.js";
import { Sheet, WINDOW } from "./sheet.js";

/** @typedef {import("./sheet.js").Photo} Photo */

/** What the page's address says of the photos shown. @typedef {{filter: string, burst: string, person: string, sort: string, q: string}} Query */

/* Events may come by the hundred: what is in sight is asked again once in this time at most. */
const REFRESH_MS = 500;
/* How long after the last key the text is searched for. */
const TYPING_MS = 250;
const NO_ROW = "00000000-0000-0000-0000-000000000000";

class Grid {
  /** Grows with each change of the filter, so that an answer to an older question is known. */
  #round = 0;
  /** Number of a window: its photos, or null while they are on their way. @type {Map<number, Photo[] | null>} */
  #windows = new Map();
  #isRefreshing = false;
  #isStale = false;
  #hasProblem = false;

  /** @param {HTMLElement} section */
  constructor(section) {
    const asked = new URLSearchParams(location.search);
    const { filter = "all", burst = "", person = "", sort = "taken", q = "" } = Object.fromEntries(asked);
    /** @type {Query} */
    this.query = { filter, burst, person, sort, q };
    this.section = section;
    this.paths = readJson("fp-paths");
    this.texts = readJson("fp-texts");
    this.sheet = new Sheet(need("[data-sheet]", section), {
      photoAt: (index) => this.#photoAt(index),
      addressOf: (photo) => this.#address((section.dataset.photo ?? "").replace(NO_ROW, photo.id)),
      addressOfBurst: (photo) => this.#address(location.pathname, { filter: "all", burst: photo.burst }),
      isChosen: (photo) => this.selection.has(photo.id),
      texts: this.texts,
    });
    this.selection = new Selection(section, {
      paths: this.paths,
      texts: this.texts,
      address: (path) => this.#address(path),
      redraw: () => this.sheet.draw(),
      refresh: () => this.refresh(),
    });
  }

  start() {
    const { section } = this;
    document.addEventListener("fp-progress", () => this.refresh());
    document.addEventListener("fp-uploaded", () => this.refresh());
    section.addEventListener("click", (event) => this.#clicked(event));
    const people = need("[data-person]", section, HTMLSelectElement);
    people.addEventListener("change", () => this.choose({ person: people.value }));
    const sort = need("[data-sort]", section, HTMLSelectElement);
    sort.value = this.query.sort;
    sort.addEventListener("change", () => this.choose({ sort: sort.value }));
    this.#bindKeys(people, this.#bindSearch());
    this.#markFilter();
    this.#count();
    this.#listPeople(people);
    this.#load(0).then(() => this.sheet.scrollBack(this.#place));
    addEventListener("pagehide", () => this.sheet.keepScroll(this.#place));
  }

  #bindSearch() {
    const field = need("[data-search]", this.section, HTMLInputElement);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    field.value = this.query.q;
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.choose({ q: field.value.trim() }), TYPING_MS);
    });
    return field;
  }

  /** Where the scroll position is kept. */
  get #place() {
    return `fp-grid ${location.pathname} ${Object.values(this.query).join(" ")}`;
  }

  /**
   * @param {string} path
   * @param {Record<string, string>} [more]
   */
  #address(path, more = {}) {
    const address = new URL(path, location.href);
    for (const [name, value] of Object.entries({ ...this.query, ...more })) if (value !== "") address.searchParams.set(name, value);
    return address.href;
  }

  /** @param {number} index */
  #photoAt(index) {
    const number = Math.floor(index / WINDOW);
    if (!this.#windows.has(number)) this.#load(number);
    return this.#windows.get(number)?.[index % WINDOW] ?? null;
  }

  /** @param {number} number */
  async #load(number) {
    if (!this.#windows.get(number)) this.#windows.set(number, null);
    const round = this.#round;
    try {
      const found = await get(this.#address(this.paths.window, { offset: String(number * WINDOW), limit: String(WINDOW) }));
      if (round !== this.#round) return; // another filter by now
      if (this.#hasProblem) hideNotice();
      this.#hasProblem = false;
      this.#windows.set(number, found.photos);
      this.#resize(found.total);
    } catch (error) {
      if (round !== this.#round) return;
      if (this.#windows.get(number) === null) this.#windows.delete(number);
      this.#hasProblem = true;
      refused(error);
    }
    this.sheet.draw();
  }

  /** @param {number} total */
  #resize(total) {
    this.sheet.total = total;
    const empty = need("[data-empty]", this.section);
    empty.hidden = total > 0;
    const { filter, person, q } = this.query;
    empty.textContent = filter === "all" && !person && !q ? this.texts.empty : this.texts.none_left;
  }

  refresh() {
    if (this.#isRefreshing) { this.#isStale = true; return; }
    this.#isRefreshing = true;
    setTimeout(async () => {
      this.#isStale = false;
      const seen = this.sheet.windowsInSight();
      for (const number of this.#windows.keys()) if (!seen.has(number)) this.#windows.delete(number);
      await Promise.all([this.#count(), ...[...(seen.size ? seen : [0])].map((number) => this.#load(number))]);
      this.#isRefreshing = false;
      if (this.#isStale) this.refresh();
    }, REFRESH_MS);
  }

  async #count() {
    const counts = await get(this.paths.counts).catch(() => null); // the grid says what is wrong
    if (!counts) return;
    const number = new Intl.NumberFormat(document.documentElement.lang || undefined);
    for (const [name, value] of Object.entries(counts)) {
      const count = find(`[data-filter="${name}"] [data-count]`, this.section);
      if (count) count.textContent = number.format(value);
    }
    const retry = find("[data-retry]", this.section);
    if (retry) retry.hidden = counts.failed === 0;
  }

  /** @param {HTMLSelectElement} list */
  async #listPeople(list) {
    try {
      const { people } = await get(this.paths.people);
      for (const { id, name, photos } of people) {
        list.append(new Option(`${name} (${photos})`, id, false, id === this.query.person));
      }
    } catch (error) {
      refused(error);
    }
  }

  /** @param {Partial<Query>} chosen */
  choose(chosen) {
    Object.assign(this.query, chosen);
    this.#round += 1;
    this.selection.clear();
    this.#windows.clear();
    this.sheet.clear();
    history.replaceState(null, "", this.#address(location.pathname));
    this.#markFilter();
    this.#load(0);
  }

  #markFilter() {
    for (const button of all("[data-filter]", this.section)) {
      button.setAttribute("aria-pressed", String(button.dataset.filter === this.query.filter));
    }
  }

  /** @param {Event} event */
  #clicked(event) {
    const filter = closest(event, "[data-filter]")?.dataset.filter;
    if (filter) this.choose({ filter, burst: "" });
    if (closest(event, "[data-retry]")) this.#retry();
    const box = closest(event, "[data-choose]");
    if (box) this.#choosePhoto(box, event instanceof MouseEvent && event.shiftKey);
  }

  /**
   * @param {Element | null} element in the photo's place
   * @param {boolean} onward
   */
  #choosePhoto(element, onward = false) {
    const tile = element?.closest("[data-index]");
    const { photo, index } = tile instanceof HTMLElement ? tile.dataset : {};
    if (photo) this.selection.toggle(photo, Number(index), { onward });
  }

  async #retry() {
    try {
      notify((await post(this.paths.retry, {})).said);
      this.refresh();
    } catch (error) {
      refused(error);
    }
  }

  /**
   * @param {HTMLSelectElement} people
   * @param {HTMLInputElement} search
   */
  #bindKeys(people, search) {
    const { sheet } = this;
    const filters = all("[data-filter]", this.section).map((button) => button.dataset.filter);
    const byNumber = Object.fromEntries(filters.map((filter, index) => [String(index + 1), () => this.choose({ filter, burst: "" })]));
    bindKeys({
      ArrowRight: () => sheet.move(1),
      ArrowLeft: () => sheet.move(-1),
      ArrowDown: () => sheet.move(sheet.columns),
      ArrowUp: () => sheet.move(-sheet.columns),
      p: () => people.focus(),
      "/": () => search.focus(),
      x: (event) => this.#choosePhoto(document.activeElement, event.shiftKey),
      Escape: () => this.selection.clear(),
      ...byNumber,
    });
  }
}

/** @param {unknown} error */
function refused(error) {
  if (!(error instanceof Refusal)) throw error;
  notify(error.message, { bad: true });
}

const section = find("[data-grid]");
if (section) new Grid(section).start();
