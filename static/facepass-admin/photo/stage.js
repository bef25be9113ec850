/* The picture with a button over each face; and drawing a box where there is none. Boxes are pixels of the photo. */

import { made } from "../kit/http.js";

const SMALLEST = 12;

export class Stage {
  constructor(element, { texts, select, drawn }) {
    Object.assign(this, { element, texts, select, drawn, photo: null, isDrawing: false });
    this.picture = element.querySelector("img");
    this.layer = element.querySelector("[data-boxes]");
    this.rubber = element.querySelector("[data-rubber]");
    this.hint = element.querySelector("[data-hint]");
    element.addEventListener("pointerdown", (event) => this.begin(event));
    element.addEventListener("pointermove", (event) => this.stretch(event));
    element.addEventListener("pointerup", (event) => this.end(event));
    element.addEventListener("pointercancel", () => this.drop());
  }

  show(photo) {
    const isNew = this.photo?.id !== photo.id;
    this.photo = photo;
    this.element.style.setProperty("--ratio", String(photo.width / photo.height));
    if (isNew) {
      this.endDrawing();
      this.picture.src = photo.picture;
      this.picture.alt = photo.name;
    }
    const shown = photo.faces.filter((face) => !face.hidden);
    const hidden = photo.faces.filter((face) => face.hidden);
    this.layer.replaceChildren(...hidden.map((face) => this.box(face)), ...shown.map((face, index) => this.box(face, index + 1)));
  }

  box(face, number) {
    const name = face.person?.name ?? this.texts.unknown;
    const box = made("button", { className: "fp-face", type: "button", "aria-label": number ? `${number}. ${name}` : this.texts.hidden });
    const { width, height } = this.photo;
    Object.assign(box.style, {
      left: `${(100 * face.box.x) / width}%`,
      top: `${(100 * face.box.y) / height}%`,
      width: `${(100 * face.box.width) / width}%`,
      height: `${(100 * face.box.height) / height}%`,
    });
    box.dataset.face = face.id;
    box.dataset.kind = face.hidden ? "hidden" : face.verified ? "verified" : face.person ? "proposed" : "unknown";
    if (number) box.append(made("span", { text: face.person ? `${number} ${name}` : String(number) }));
    box.addEventListener("click", () => this.select(face.id));
    return box;
  }

  mark(id) {
    for (const box of this.layer.children) box.setAttribute("aria-pressed", String(box.dataset.face === id));
  }

  toggleDrawing() {
    if (this.isDrawing) { this.endDrawing(); return; }
    this.isDrawing = true;
    this.element.classList.add("fp-drawing");
    this.hint.textContent = this.texts.draw;
    this.hint.hidden = false;
  }

  endDrawing() {
    this.isDrawing = false;
    this.element.classList.remove("fp-drawing");
    this.hint.hidden = true;
    this.drop();
  }

  drop() {
    this.from = null;
    this.rubber.hidden = true;
  }

  begin(event) {
    if (!this.isDrawing || event.button !== 0) return;
    event.preventDefault();
    this.element.setPointerCapture(event.pointerId);
    this.from = this.at(event);
    this.stretch(event);
  }

  stretch(event) {
    if (!this.from) return;
    const box = this.between(this.from, this.at(event));
    const { width, height } = this.photo;
    Object.assign(this.rubber.style, {
      left: `${(100 * box.x) / width}%`,
      top: `${(100 * box.y) / height}%`,
      width: `${(100 * box.width) / width}%`,
      height: `${(100 * box.height) / height}%`,
    });
    this.rubber.hidden = false;
  }

  end(event) {
    if (!this.from) return;
    const box = this.between(this.from, this.at(event));
    this.drop();
    if (Math.min(box.width, box.height) < SMALLEST) return; // a click, not a box
    this.endDrawing();
    this.drawn(box);
  }

  at(event) {
    const frame = this.element.getBoundingClientRect();
    const share = (value, length) => Math.min(1, Math.max(0, value / length));
    return { x: share(event.clientX - frame.left, frame.width) * this.photo.width, y: share(event.clientY - frame.top, frame.height) * this.photo.height };
  }

  between(a, b) {
    return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
  }
}
