// @ts-check
/* The cells of a grid of which only those in sight exist; their photos come a window at a time. */

import { make } from "../kit/dom.js";

/** How many photos are asked for at once. */
export const WINDOW = 100;
const CELL_WIDTH = 176;
const CELL_HEIGHT = 186;
const ROWS_BEYOND = 3;
/* What the page's own head covers, in pixels. */
const HEAD = 80;

/** @typedef {{id: string, name: string, place: string, state: string, note: string, error: string, hidden: boolean, thumbnail: string | null, burst: string, shots: string}} Photo */
/** A photo's place: the link to it, a box to choose it, and the link to the burst that it is a shot of. @typedef {{tile: HTMLElement, link: HTMLAnchorElement, box: HTMLInputElement, shots: HTMLAnchorElement}} Cell */

export class Sheet {
  /** How many photos there are; null until that is known. @type {number | null} */
  total = null;
  columns = 1;
  /** By the photo's place. @type {Map<number, Cell>} */
  #cells = new Map();
  /** What each cell shows. @type {WeakMap<HTMLElement, string>} */
  #contents = new WeakMap();

  /**
   * @param {HTMLElement} element
   * @param {{photoAt: (index: number) => Photo | null, addressOf: (photo: Photo) => string, addressOfBurst: (photo: Photo) => string, isChosen: (photo: Photo) => boolean, texts: Record<string, string>}} options
   */
  constructor(element, { photoAt, addressOf, addressOfBurst, isChosen, texts }) {
    this.element = element;
    this.isChosen = isChosen;
    this.texts = texts;
    this.photoAt = photoAt;
    this.addressOf = addressOf;
    this.addressOfBurst = addressOfBurst;
    addEventListener("scroll", () => this.draw(), { capture: true, passive: true });
    // Not within the observer's own round: drawing changes the sheet's height, which it observes too.
    new ResizeObserver(() => requestAnimationFrame(() => this.draw())).observe(element);
  }

  get #scroller() {
    return document.scrollingElement ?? document.documentElement;
  }

  /** @param {string} place */
  keepScroll(place) {
    sessionStorage.setItem(place, String(this.#scroller.scrollTop));
  }

  /** @param {string} place */
  scrollBack(place) {
    const kept = Number(sessionStorage.getItem(place) ?? 0);
    sessionStorage.removeItem(place);
    this.draw();
    if (kept) this.#scroller.scrollTop = kept;
  }

  clear() {
    this.total = null;
    for (const { tile } of this.#cells.values()) tile.remove();
    this.#cells.clear();
  }

  windowsInSight() {
    return new Set([...this.#cells.keys()].map((index) => Math.floor(index / WINDOW)));
  }

  draw() {
    if (this.total === null) return;
    const width = this.element.clientWidth;
    this.columns = Math.max(1, Math.floor(width / CELL_WIDTH));
    this.element.style.height = `${Math.ceil(this.total / this.columns) * CELL_HEIGHT}px`;
    const { top } = this.element.getBoundingClientRect();
    const first = Math.max(0, Math.floor(-top / CELL_HEIGHT) - ROWS_BEYOND) * this.columns;
    const last = Math.min(this.total, Math.ceil((innerHeight - top) / CELL_HEIGHT + ROWS_BEYOND) * this.columns);
    for (const [index, { tile }] of this.#cells) {
      if (index < first || index >= last) { tile.remove(); this.#cells.delete(index); }
    }
    for (let index = first; index < last; index += 1) this.#put(index, width / this.columns);
  }

  /**
   * @param {number} index
   * @param {number} width
   */
  #put(index, width) {
    const photo = this.photoAt(index);
    const cell = this.#cells.get(index) ?? this.#newCell(index);
    const left = `${(index % this.columns) * width}px`;
    const top = `${Math.floor(index / this.columns) * CELL_HEIGHT}px`;
    Object.assign(cell.tile.style, { left, top, width: `${width}px`, height: `${CELL_HEIGHT}px` });
    if (photo) this.#fill(cell, photo);
  }

  /** @param {number} index */
  #newCell(index) {
    const parts = ["fp-cell-picture", "fp-name", "fp-note", "fp-note"].map((className) => make("span", { className }));
    const link = make("a", { className: "fp-cell" }, ...parts);
    const box = make("input", { type: "checkbox", "data-choose": "" });
    const tile = make("div", { className: "fp-tile" }, link, make("label", { className: "fp-choice" }, box));
    const shots = make("a", { className: "fp-shots" });
    tile.append(shots);
    tile.dataset.index = String(index);
    const cell = { tile, link, box, shots };
    this.#cells.set(index, cell);
    this.element.append(tile);
    return cell;
  }

  /**
   * @param {Cell} cell
   * @param {Photo} photo
   */
  #fill({ tile, link: cell, box, shots }, photo) {
    tile.dataset.photo = photo.id;
    box.checked = this.isChosen(photo);
    const content = JSON.stringify(photo);
    if (this.#contents.get(cell) === content) return;
    this.#contents.set(cell, content);
    box.setAttribute("aria-label", photo.name);
    cell.href = this.addressOf(photo);
    cell.dataset.photo = photo.id;
    cell.dataset.state = photo.state;
    cell.title = photo.error || photo.name;
    const note = photo.hidden ? `${this.texts.hidden} · ${photo.note}` : photo.note;
    tile.classList.toggle("fp-hidden", photo.hidden);
    shots.hidden = !photo.shots;
    shots.href = photo.shots ? this.addressOfBurst(photo) : "";
    shots.textContent = photo.shots;
    const thumbnail = photo.thumbnail && make("img", { src: photo.thumbnail, alt: "", loading: "lazy", decoding: "async" });
    cell.replaceChildren(
      make("span", { className: "fp-cell-picture" }, ...(thumbnail ? [thumbnail] : [])),
      make("span", { className: "fp-name", text: photo.name }),
      make("span", { className: "fp-note", text: photo.place, title: photo.place }),
      make("span", { className: photo.error ? "fp-note fp-bad" : "fp-note", text: note, title: note }),
    );
  }

  /**
   * Move the focus among the cells; the browser opens the one in focus on Enter. Return false where there is no cell.
   * @param {number} by
   */
  move(by) {
    const now = document.activeElement?.closest("[data-index]");
    const index = now instanceof HTMLElement ? Number(now.dataset.index) + by : this.#firstInSight();
    if (index < 0 || this.total === null || index >= this.total) return false;
    const top = this.element.getBoundingClientRect().top + Math.floor(index / this.columns) * CELL_HEIGHT;
    if (top < HEAD) this.#scroller.scrollTop += top - HEAD;
    if (top + CELL_HEIGHT > innerHeight) this.#scroller.scrollTop += top + CELL_HEIGHT - innerHeight;
    this.draw();
    this.#cells.get(index)?.link.focus({ preventScroll: true });
    return true;
  }

  #firstInSight() {
    const { top } = this.element.getBoundingClientRect();
    return Math.max(0, Math.ceil((HEAD - top) / CELL_HEIGHT)) * this.columns;
  }
}
