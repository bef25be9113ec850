// @ts-check
/* The faces of a photo beside it, each with a field for its name: a list of people opens under what is typed. */

import { Combobox } from "../kit/combobox.js";
import { closest, fill, find, make } from "../kit/dom.js";
import { kindOf, shownFaces } from "./faces.js";

/** @typedef {import("./faces.js").Face} Face */
/** @typedef {import("./faces.js").Photo} Photo */
/** @typedef {import("../kit/combobox.js").Person} Person */
/** @typedef {"stay" | "next" | "type"} After what follows a decision: the next face without a word, its field too */

const CROP_MARGIN = 1.3;

/**
 * @typedef {object} Options
 * @property {import("./faces.js").Texts} texts
 * @property {boolean} mayVerify
 * @property {(text: string, face: string) => Promise<Person[]>} people
 * @property {(id: string) => void} select
 * @property {(body: Record<string, unknown>, after: After) => void} decide
 * @property {() => void} leave the field was left on Escape
 */

export class FaceList {
  /** @type {Photo | null} */
  #photo = null;
  /** The face whose field is open, and what belongs to it. @type {{id: string, field: HTMLInputElement, box: Combobox, hint: HTMLElement} | null} */
  #open = null;

  /**
   * @param {HTMLElement} element
   * @param {Options} options
   */
  constructor(element, options) {
    this.element = element;
    this.options = options;
    this.texts = options.texts;
  }

  /**
   * What is being typed stays, where its face is still there.
   * @param {Photo} photo
   */
  show(photo) {
    const typed = this.#open && photo.id === this.#photo?.id ? { id: this.#open.id, text: this.#open.field.value } : null;
    this.close();
    this.#photo = photo;
    const shown = shownFaces(photo);
    const hidden = photo.faces.filter((face) => face.hidden).map((face) => this.#row(photo, face));
    const rows = shown.map((face, index) => this.#row(photo, face, face.whole ? undefined : index + 1));
    this.element.replaceChildren(...rows, ...hidden);
    if (typed && shown.some((face) => face.id === typed.id)) this.type(typed.id, typed.text);
  }

  /**
   * @param {Photo} photo
   * @param {Face} face
   * @param {number} [number]
   */
  #row(photo, face, number) {
    const name = face.hidden ? this.texts.hidden : (face.person?.name ?? this.texts.unknown);
    const words = make("div", { className: "fp-words" },
      make("span", { className: "fp-name", text: number ? `${number}. ${name}` : name }),
      make("span", { className: "fp-note", text: this.#notes(face) }));
    const row = make("li", { className: "fp-row" }, crop(photo, face), words);
    row.dataset.face = face.id;
    row.dataset.kind = kindOf(face);
    if (this.options.mayVerify) row.append(this.#buttons(face));
    row.addEventListener("click", (event) => {
      if (face.hidden || closest(event, "button, input, [role=listbox]")) return;
      this.options.select(face.id);
      if (this.options.mayVerify && closest(event, ".fp-words")) this.type(face.id);
    });
    return row;
  }

  /** @param {Face} face */
  #notes(face) {
    const notes = [];
    if (face.whole) return face.notes;
    if (face.person && !face.hidden) notes.push(face.verified ? this.texts.confirmed : this.texts.proposed);
    if (face.similarity !== null && !face.verified) notes.push(face.similarity.toFixed(2));
    if (face.drawn) notes.push(this.texts.drawn);
    if (face.notes) notes.push(face.notes);
    if (face.group && face.group.size > 1) notes.push(fill(this.texts.group ?? "", { number: face.group.size }));
    return notes.join(" · ");
  }

  /** @param {Face} face */
  #buttons(face) {
    const { show, confirm, unname, reject } = this.element.dataset;
    if (face.hidden) return make("div", { className: "fp-buttons" }, this.#button(face, "↺", "show", show));
    const buttons = [this.#button(face, "✕", "reject", reject)];
    if (face.person) buttons.unshift(this.#button(face, "−", "unname", unname));
    if (face.person && !face.verified) buttons.unshift(this.#button(face, "✓", "confirm", confirm));
    return make("div", { className: "fp-buttons" }, ...buttons);
  }

  /**
   * @param {Face} face
   * @param {string} sign
   * @param {string} verb
   * @param {string | undefined} label
   */
  #button(face, sign, verb, label) {
    const button = make("button", { type: "button", className: "fp-icon", text: sign, title: label, "aria-label": label });
    button.addEventListener("click", () => {
      this.options.select(face.id);
      this.options.decide({ verb, faces: [face.id] }, verb === "confirm" ? "next" : "stay");
    });
    return button;
  }

  /** @param {string | null} id */
  mark(id) {
    for (const row of this.element.children) {
      const is = row instanceof HTMLElement && row.dataset.face === id;
      row.toggleAttribute("aria-current", is);
      if (is) row.scrollIntoView({ block: "nearest" });
    }
    if (this.#open && this.#open.id !== id) this.close();
  }

  /**
   * Open the field of a face. Without a word typed, the people it is like are offered.
   * @param {string} id
   * @param {string} [text]
   */
  type(id, text = "") {
    this.close();
    const row = find(`[data-face="${id}"]`, this.element);
    const face = shownFaces(this.#photo).find((each) => each.id === id);
    if (!row || !face) return;
    const { name } = this.element.dataset;
    const field = make("input", { className: "fp-field", type: "text", maxlength: "200", placeholder: name, "aria-label": name });
    field.value = text;
    const hint = make("p", { className: "fp-note", text: this.#hint(face) });
    row.append(field, hint);
    this.#open = { id, field, hint, box: this.#combobox(field, id) };
    this.options.select(id);
    field.focus();
    row.scrollIntoView({ block: "nearest" });
  }

  /** @param {Face} face */
  #hint({ group }) {
    return group && group.size > 1 ? fill(this.texts.whole_group ?? "", { number: group.size }) : "";
  }

  /**
   * @param {HTMLInputElement} field
   * @param {string} id
   */
  #combobox(field, id) {
    return new Combobox(field, {
      people: (text) => this.options.people(text, id),
      create: (text, isKnown) => (isKnown ? null : { label: fill(this.texts.create ?? "", { name: text }), choice: { name: text } }),
      offersUntyped: true,
      choose: (choice, event) => {
        this.close();
        this.options.decide({ verb: "name", faces: [id], group: event.shiftKey, ...choice }, "type");
      },
      leave: () => { this.close(); this.options.leave(); },
    });
  }

  close() {
    const open = this.#open;
    this.#open = null; // first, as a field that goes tells so
    open?.box.close();
    open?.field.remove();
    open?.hint.remove();
  }
}

/**
 * Return the face alone, cut out of the photo's picture by the style.
 * @param {Photo} photo
 * @param {Face} face
 */
function crop({ width, height, picture }, { box }) {
  const side = Math.max(box.width, box.height) * CROP_MARGIN;
  const left = box.x + box.width / 2 - side / 2;
  const top = box.y + box.height / 2 - side / 2;
  const image = make("img", { alt: "", src: picture });
  Object.assign(image.style, { width: `${(100 * width) / side}%`, left: `${(-100 * left) / side}%`, top: `${(-100 * top) / side}%` });
  image.style.aspectRatio = `${width} / ${height}`;
  return make("span", { className: "fp-crop" }, image);
}
