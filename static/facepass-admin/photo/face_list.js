/* The faces of a photo beside it, each with a field for its name: a list of people opens under what is typed. */

import { filled, made } from "../kit/http.js";

const TYPING_MS = 120;
const CROP_MARGIN = 1.3;

export class FaceList {
  constructor(element, { texts, may, ask, select, decide }) {
    Object.assign(this, { element, texts, may, ask, select, decide, photo: null, offered: [], active: 0, typing: null, asked: 0 });
  }

  /* What is being typed stays, where its face is still there. */
  show(photo) {
    const typed = this.typing && photo.id === this.photo?.id ? { id: this.typing, text: this.field?.value ?? "" } : null;
    this.photo = photo;
    this.typing = null;
    const shown = photo.faces.filter((face) => !face.hidden);
    const hidden = photo.faces.filter((face) => face.hidden);
    this.element.replaceChildren(...shown.map((face, index) => this.row(face, index + 1)), ...hidden.map((face) => this.row(face)));
    if (typed && shown.some((face) => face.id === typed.id)) this.type(typed.id, typed.text);
  }

  row(face, number) {
    const row = made("li", { className: "fp-row" });
    row.dataset.face = face.id;
    row.dataset.kind = face.hidden ? "hidden" : face.verified ? "verified" : face.person ? "proposed" : "unknown";
    const words = made("div", { className: "fp-words" });
    const name = face.hidden ? this.texts.hidden : (face.person?.name ?? this.texts.unknown);
    words.append(made("span", { className: "fp-name", text: number ? `${number}. ${name}` : name }), made("span", { className: "fp-note", text: this.notes(face) }));
    row.append(this.crop(face), words);
    if (this.may.verify) row.append(this.buttons(face));
    row.addEventListener("click", (event) => {
      if (event.target.closest("button, input, [role=listbox]")) return;
      if (face.hidden) return;
      this.select(face.id);
      if (this.may.verify && event.target.closest(".fp-words")) this.type(face.id);
    });
    return row;
  }

  notes(face) {
    const notes = [];
    if (face.person && !face.hidden) notes.push(face.verified ? this.texts.confirmed : this.texts.proposed);
    if (face.similarity !== null && !face.verified) notes.push(face.similarity.toFixed(2));
    if (face.drawn) notes.push(this.texts.drawn);
    if (face.notes) notes.push(face.notes);
    if (face.group && face.group.size > 1) notes.push(filled(this.texts.group, { number: face.group.size }));
    return notes.join(" · ");
  }

  crop(face) {
    const { width, height } = this.photo;
    const side = Math.max(face.box.width, face.box.height) * CROP_MARGIN;
    const left = face.box.x + face.box.width / 2 - side / 2;
    const top = face.box.y + face.box.height / 2 - side / 2;
    const crop = made("span", { className: "fp-crop" });
    const image = made("img", { alt: "", src: this.photo.picture });
    Object.assign(image.style, { width: `${(100 * width) / side}%`, left: `${(-100 * left) / side}%`, top: `${(-100 * top) / side}%` });
    image.style.aspectRatio = `${width} / ${height}`;
    crop.append(image);
    return crop;
  }

  buttons(face) {
    const box = made("div", { className: "fp-buttons" });
    const button = (sign, label, verb) => {
      const found = made("button", { type: "button", className: "fp-icon", text: sign, title: label, "aria-label": label });
      found.addEventListener("click", () => { this.select(face.id); this.decide({ verb, faces: [face.id] }, verb === "confirm" ? "next" : "stay"); });
      box.append(found);
    };
    const labels = this.element.dataset;
    if (face.hidden) button("↺", labels.show, "show");
    if (!face.hidden && face.person && !face.verified) button("✓", labels.confirm, "confirm");
    if (!face.hidden && face.person) button("−", labels.unname, "unname");
    if (!face.hidden) button("✕", labels.reject, "reject");
    return box;
  }

  mark(id) {
    for (const row of this.element.children) {
      const is = row.dataset.face === id;
      row.toggleAttribute("aria-current", is);
      if (is) row.scrollIntoView({ block: "nearest" });
    }
    if (this.typing && this.typing !== id) this.close();
  }

  /* Opens the field of a face. Without a word typed, the people it is like are offered. */
  type(id, text = "") {
    this.close();
    const row = this.element.querySelector(`[data-face="${id}"]`);
    const face = this.photo.faces.find((each) => each.id === id);
    if (!row || !face || face.hidden) return;
    this.typing = id;
    this.select(id);
    this.field = made("input", {
      className: "fp-field", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", maxlength: "200",
      "aria-expanded": "true", "aria-controls": "fp-offered", placeholder: this.element.dataset.name, "aria-label": this.element.dataset.name,
    });
    this.field.value = text;
    this.menu = made("ul", { className: "fp-menu", role: "listbox", id: "fp-offered" });
    this.hint = made("p", { className: "fp-note", text: face.group && face.group.size > 1 ? filled(this.texts.whole_group, { number: face.group.size }) : "" });
    this.field.addEventListener("input", () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.offer(), TYPING_MS); });
    this.field.addEventListener("keydown", (event) => this.key(event));
    row.append(this.field, this.menu, this.hint);
    this.field.focus();
    row.scrollIntoView({ block: "nearest" });
    this.offer();
  }

  close() {
    clearTimeout(this.timer);
    for (const part of [this.field, this.menu, this.hint]) part?.remove();
    this.typing = this.field = this.menu = this.hint = null;
  }

  get text() {
    return this.field?.value.trim() ?? "";
  }

  /* The answer to an older question is thrown away. */
  async offer() {
    const round = (this.asked += 1);
    const text = this.text;
    const query = text ? `?q=${encodeURIComponent(text)}` : `?face=${this.typing}`;
    let people = [];
    try {
      ({ people } = await this.ask(text ? "people" : "candidates", query));
    } catch (refusal) {
      if (round === this.asked && this.hint) this.hint.textContent = refusal.message;
    }
    if (round !== this.asked || !this.menu) return;
    const same = people.some((person) => person.name.toLowerCase() === text.toLowerCase());
    this.offered = people.map((person) => ({ person: person.id, label: person.name, note: person.similarity?.toFixed(2) ?? person.email ?? "" }));
    if (text && !same) this.offered.push({ name: text, label: filled(this.texts.create, { name: text }), note: "" });
    this.for = text;
    this.active = 0;
    this.draw();
  }

  draw() {
    this.menu.replaceChildren(...this.offered.map((offer, index) => {
      const item = made("li", { role: "option", id: `fp-offer-${index}`, "aria-selected": String(index === this.active) });
      item.append(made("span", { text: offer.label }), made("span", { className: "fp-note", text: offer.note }));
      item.addEventListener("pointerdown", (event) => { event.preventDefault(); this.take(offer, { group: event.shiftKey }); });
      return item;
    }));
    this.field.setAttribute("aria-activedescendant", `fp-offer-${this.active}`);
    this.menu.hidden = !this.offered.length;
  }

  async key(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") { this.close(); this.element.closest("[data-photo]").querySelector("[data-stage]").focus(); return; }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const by = event.key === "ArrowDown" ? 1 : -1;
      this.active = (this.active + by + this.offered.length) % Math.max(1, this.offered.length);
      this.draw();
    }
    if (event.key !== "Enter") return;
    event.preventDefault();
    clearTimeout(this.timer);
    if (this.for !== this.text) await this.offer(); // typed faster than answered
    const offer = this.offered[this.active];
    if (offer) this.take(offer, { group: event.shiftKey });
  }

  take(offer, { group }) {
    const who = offer.person ? { person: offer.person } : { name: offer.name };
    const faces = [this.typing];
    this.close();
    this.decide({ verb: "name", faces, group, ...who }, "type");
  }
}
