// @ts-check
/* The picture with a button over each face; and drawing a box where there is none. */

import { make, need } from "../kit/dom.js";
import { kindOf, placeOver, shownFaces } from "./faces.js";
import { FullSize } from "./full_size.js";

/** @typedef {import("./faces.js").Box} Box */
/** @typedef {import("./faces.js").Face} Face */
/** @typedef {import("./faces.js").Photo} Photo */

/* Less, in pixels of the photo, is a click and not a box. */
const SMALLEST = 12;

export class Stage {
  /** @type {Photo | null} */
  #photo = null;
  isDrawing = false;
  /** Where the box begins that is being drawn. @type {{x: number, y: number} | null} */
  #from = null;

  /**
   * @param {HTMLElement} element
   * @param {{texts: import("./faces.js").Texts, select: (id: string) => void, drawn: (box: Box) => void}} options
   */
  constructor(element, { texts, select, drawn }) {
    this.element = element;
    this.texts = texts;
    this.select = select;
    this.drawn = drawn;
    this.picture = need("img", element, HTMLImageElement);
    this.layer = need("[data-boxes]", element);
    this.rubber = need("[data-rubber]", element);
    this.hint = need("[data-hint]", element);
    this.fullSize = new FullSize(element);
    element.addEventListener("pointerdown", (event) => this.#begin(event));
    element.addEventListener("pointermove", (event) => this.#stretch(event));
    element.addEventListener("pointerup", (event) => this.#end(event));
    element.addEventListener("pointercancel", () => this.#drop());
  }

  /** @param {Photo} photo */
  show(photo) {
    const isNew = this.#photo?.id !== photo.id, isTurned = this.#photo?.rotation !== photo.rotation;
    this.fullSize.show(photo);
    this.#photo = photo;
    this.element.style.setProperty("--ratio", String(photo.width / photo.height));
    if (isNew) {
      this.endDrawing();
      this.picture.alt = photo.name;
    }
    if (isNew || isTurned) this.picture.src = photo.picture;
    const hidden = photo.faces.filter((face) => face.hidden).map((face) => this.#box(photo, face));
    const shown = shownFaces(photo).filter((face) => !face.whole);
    this.layer.replaceChildren(...hidden, ...shown.map((face, index) => this.#box(photo, face, index + 1)));
  }

  /**
   * @param {Photo} photo
   * @param {Face} face
   * @param {number} [number]
   */
  #box(photo, face, number) {
    const name = face.person?.name ?? this.texts.unknown;
    const label = number ? `${number}. ${name}` : this.texts.hidden;
    const box = make("button", { className: "fp-face", type: "button", "aria-label": label });
    Object.assign(box.style, placeOver(face.box, photo));
    box.dataset.face = face.id;
    box.dataset.kind = kindOf(face);
    if (number) box.append(make("span", { text: face.person ? `${number} ${name}` : String(number) }));
    box.addEventListener("click", () => this.select(face.id));
    return box;
  }

  /** @param {string | null} id */
  mark(id) {
    for (const box of this.layer.children) {
      if (box instanceof HTMLElement) box.setAttribute("aria-pressed", String(box.dataset.face === id));
    }
  }

  /** @param {Face | undefined} face which comes to the middle */
  toggleFullSize(face) {
    if (!face || !this.#photo) { this.fullSize.toggle(); return; }
    const { box } = face;
    this.fullSize.toggle({ x: (box.x + box.width / 2) / this.#photo.width, y: (box.y + box.height / 2) / this.#photo.height });
  }

  toggleDrawing() {
    if (this.isDrawing) { this.endDrawing(); return; }
    this.isDrawing = true;
    this.element.classList.add("fp-drawing");
    this.hint.textContent = this.texts.draw ?? "";
    this.hint.hidden = false;
  }

  endDrawing() {
    this.isDrawing = false;
    this.element.classList.remove("fp-drawing");
    this.hint.hidden = true;
    this.#drop();
  }

  #drop() {
    this.#from = null;
    this.rubber.hidden = true;
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    if (!this.isDrawing || event.button !== 0) return;
    event.preventDefault();
    this.element.setPointerCapture(event.pointerId);
    this.#from = this.#at(event);
    this.#stretch(event);
  }

  /** @param {PointerEvent} event */
  #stretch(event) {
    if (!this.#from || !this.#photo) return;
    Object.assign(this.rubber.style, placeOver(between(this.#from, this.#at(event)), this.#photo));
    this.rubber.hidden = false;
  }

  /** @param {PointerEvent} event */
  #end(event) {
    if (!this.#from) return;
    const box = between(this.#from, this.#at(event));
    this.#drop();
    if (Math.min(box.width, box.height) < SMALLEST) return;
    this.endDrawing();
    this.drawn(box);
  }

  /**
   * Return where the pointer is, in pixels of the photo.
   * @param {PointerEvent} event
   */
  #at(event) {
    const frame = this.element.getBoundingClientRect();
    const { width, height } = this.#photo ?? frame;
    const share = (/** @type {number} */ value, /** @type {number} */ length) => Math.min(1, Math.max(0, value / length));
    return { x: share(event.clientX - frame.left, frame.width) * width, y: share(event.clientY - frame.top, frame.height) * height };
  }
}

/**
 * @param {{x: number, y: number}} a
 * @param {{x: number, y: number}} b
 * @returns {Box}
 */
function between(a, b) {
  return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
}
