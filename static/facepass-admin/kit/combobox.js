// @ts-check
/* A field in which a person is named: somebody whom the studio knows, by what is typed, or somebody new. */

import { make } from "./dom.js";
import { Refusal } from "./http.js";
import { notify } from "./notice.js";

const TYPING_MS = 120;

let serial = 0;

/** What the server is told: somebody known, or a name; `new` where it is not the known person of that name.
 *  @typedef {{person: string} | {name: string, new?: boolean}} Choice */
/** @typedef {{label: string, note?: string, choice: Choice}} Offer */
/** @typedef {{id: string, name: string, note?: string}} Person */

/**
 * @typedef {object} Options
 * @property {(text: string) => Promise<Person[]>} people asked after a pause in typing
 * @property {(text: string, isKnown: boolean) => Offer | null} [create] the offer of somebody new, the last of the list;
 *   `isKnown`: somebody has exactly this name. Without it only known people can be chosen.
 * @property {"known" | "typed"} [first] what Enter takes before an arrow key has chosen: the first of the list, or what
 *   was typed to the letter
 * @property {boolean} [offersUntyped] `people("")` is asked for when the field gets the focus
 * @property {(choice: Choice, event: KeyboardEvent | MouseEvent) => void} choose
 * @property {() => void} [leave] on Escape
 */

export class Combobox {
  /** @type {Offer[]} */
  #offers = [];
  #active = -1;
  /** The text for which the offers were asked. @type {string | null} */
  #answered = null;
  #round = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {HTMLUListElement | null} */
  #list = null;

  /**
   * @param {HTMLInputElement} input
   * @param {Options} options
   */
  constructor(input, options) {
    this.input = input;
    this.options = options;
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", autocomplete: "off", spellcheck: "false" };
    for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
    input.addEventListener("input", () => { clearTimeout(this.#timer); this.#timer = setTimeout(() => this.#offer(), TYPING_MS); });
    input.addEventListener("blur", () => this.close());
    input.addEventListener("keydown", (event) => this.#press(event));
    if (options.offersUntyped) input.addEventListener("focus", () => this.#offer());
  }

  get text() {
    return this.input.value.trim();
  }

  close() {
    clearTimeout(this.#timer);
    this.#round += 1; // an answer that is on its way comes too late
    this.#list?.remove();
    this.#list = null;
    this.#answered = null;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && (this.text || this.options.offersUntyped)) {
      event.preventDefault();
      this.#enter(event);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && this.#list) {
      event.preventDefault();
      const by = event.key === "ArrowDown" ? 1 : -1;
      this.#mark((this.#active + by + this.#offers.length) % this.#offers.length);
    } else if (event.key === "Escape" && (this.#list || this.options.leave)) {
      event.preventDefault();
      this.close();
      this.options.leave?.();
    }
  }

  /** @param {KeyboardEvent} event */
  async #enter(event) {
    clearTimeout(this.#timer);
    if (this.#answered !== this.text) {
      if (this.options.first === "typed") { this.#choose({ name: this.text }, event); return; }
      if (!(await this.#offer())) return; // typed faster than answered
    }
    const offer = this.#offers[this.#active];
    if (offer) this.#choose(offer.choice, event);
  }

  /**
   * @param {Choice} choice
   * @param {KeyboardEvent | MouseEvent} event
   */
  #choose(choice, event) {
    this.close();
    this.options.choose(choice, event);
  }

  /** Ask and show. Return whether the answer is the current one: that to an older question is thrown away. */
  async #offer() {
    const { text } = this;
    if (!text && !this.options.offersUntyped) { this.close(); return false; }
    const round = (this.#round += 1);
    /** @type {Person[]} */
    let people = [];
    try {
      people = await this.options.people(text);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      notify(error.message, { bad: true });
    }
    if (round !== this.#round || document.activeElement !== this.input) return false;
    const exact = people.findIndex((person) => person.name.toLowerCase() === text.toLowerCase());
    const known = people.map(({ id, name, note }) => ({ label: name, note, choice: { person: id } }));
    const created = text && this.options.create?.(text, exact >= 0);
    this.#offers = created ? [...known, created] : known;
    this.#answered = text;
    this.#show();
    this.#mark(this.options.first !== "typed" ? 0 : exact >= 0 ? exact : this.#offers.length - 1);
    return true;
  }

  #show() {
    this.#list?.remove();
    this.#list = null;
    this.input.setAttribute("aria-expanded", String(this.#offers.length > 0));
    if (!this.#offers.length) return;
    const id = `fp-options-${(serial += 1)}`;
    this.#list = make("ul", { className: "fp-options", role: "listbox", id });
    this.#list.append(...this.#offers.map((offer, index) => this.#row(offer, `${id}-${index}`)));
    this.input.after(this.#list);
    this.input.setAttribute("aria-controls", id);
  }

  /**
   * @param {Offer} offer
   * @param {string} id
   */
  #row({ label, note, choice }, id) {
    const row = make("li", { role: "option", id }, make("span", { text: label }));
    if (note) row.append(make("span", { className: "fp-note", text: note }));
    // Before the field loses the focus, and the list with it.
    row.addEventListener("mousedown", (event) => { event.preventDefault(); this.#choose(choice, event); });
    return row;
  }

  /** @param {number} index */
  #mark(index) {
    this.#active = index;
    [...(this.#list?.children ?? [])].forEach((row, at) => row.setAttribute("aria-selected", String(at === index)));
    if (this.#list) this.input.setAttribute("aria-activedescendant", `${this.#list.id}-${index}`);
    else this.input.removeAttribute("aria-activedescendant");
    this.#list?.children[index]?.scrollIntoView({ block: "nearest" });
  }
}
