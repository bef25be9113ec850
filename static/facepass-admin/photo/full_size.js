// @ts-check
/* The picture at its full size, one pixel of the photo to one of the page, moved by dragging and scrolling. */

import { closest, need } from "../kit/dom.js";

/** @typedef {import("./faces.js").Photo} Photo */
/** A place in the picture, as shares of its sides. @typedef {{x: number, y: number}} Share */

const MIDDLE = { x: 0.5, y: 0.5 };

export class FullSize {
  /** @type {Photo | null} */
  #photo = null;

  /** @param {HTMLElement} stage */
  constructor(stage) {
    this.stage = stage;
    this.picture = need("img", stage, HTMLImageElement);
    stage.addEventListener("dblclick", (event) => { if (!closest(event, ".fp-drawing")) this.toggle(this.#shareAt(event)); });
    stage.addEventListener("pointermove", (event) => this.#drag(event));
    this.picture.addEventListener("error", () => { if (this.isOn && this.#photo) this.picture.src = this.#photo.picture; });
  }

  get #frame() {
    return this.stage.parentElement ?? this.stage;
  }

  get isOn() {
    return this.#frame.classList.contains("fp-full");
  }

  /**
   * Another photo, and one that was turned, is shown as a whole.
   * @param {Photo} photo
   */
  show(photo) {
    if (photo.id !== this.#photo?.id || photo.rotation !== this.#photo.rotation) this.end();
    this.#photo = photo;
  }

  /** @param {Share} [at] what comes to the middle */
  toggle(at = MIDDLE) {
    if (this.isOn || !this.#photo) { this.end(); return; }
    this.stage.style.setProperty("--full", `${this.#photo.width}px`);
    this.#frame.classList.add("fp-full");
    this.picture.src = this.#photo.full;
    this.#frame.scrollTo(
      at.x * this.stage.offsetWidth - this.#frame.clientWidth / 2,
      at.y * this.stage.offsetHeight - this.#frame.clientHeight / 2,
    );
  }

  end() {
    this.#frame.classList.remove("fp-full");
  }

  /** @param {MouseEvent} event */
  #shareAt(event) {
    const box = this.stage.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  }

  /**
   * A finger scrolls by itself.
   * @param {PointerEvent} event
   */
  #drag(event) {
    if (!this.isOn || event.pointerType === "touch" || !(event.buttons & 1) || closest(event, ".fp-drawing")) return;
    this.#frame.scrollBy(-event.movementX, -event.movementY);
  }
}
