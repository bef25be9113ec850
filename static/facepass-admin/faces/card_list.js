// @ts-check
/* The cards of a page, one of which is current: keys are about that one. */

import { all, find } from "../kit/dom.js";

export class CardList {
  /** @type {HTMLElement | null} */
  current = null;
  /** Where the current card stood, for when it is gone. */
  #place = 0;
  /** Cards that were taken back, and that the next reading brings. @type {string[]} */
  #wanted = [];

  /**
   * @param {HTMLElement} root
   * @param {(card: HTMLElement) => HTMLElement} focusOf what of a card that becomes current has the focus
   */
  constructor(root, focusOf = (card) => card) {
    this.root = root;
    this.focusOf = focusOf;
  }

  get cards() {
    return all("[data-card]", this.root);
  }

  /** @param {string | undefined} id */
  byId(id) {
    return id ? find(`[data-card][data-id="${id}"]`, this.root) : null;
  }

  /**
   * @param {HTMLElement | null | undefined} card
   * @param {{scroll?: boolean}} [options] `scroll`: bring it into sight
   */
  go(card, { scroll = true } = {}) {
    this.current?.classList.remove("fp-current");
    this.current = card ?? null;
    if (!card) return;
    card.classList.add("fp-current");
    this.#place = this.cards.indexOf(card);
    const focus = this.focusOf(card);
    if (document.activeElement !== focus && !find("dialog[open]")) focus.focus({ preventScroll: true });
    if (scroll) card.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} by */
  step(by) {
    const { cards } = this;
    const next = this.current && cards[cards.indexOf(this.current) + by];
    if (next) this.go(next);
  }

  /** The face that has the focus, if one has. */
  get face() {
    return /** @type {HTMLElement | null} */ (document.activeElement?.closest("[data-face]"));
  }

  /**
   * Take the focus to another face of the current card.
   * @param {number} by
   */
  walk(by) {
    const faces = this.current ? all("[data-face]", this.current) : [];
    const at = faces.findIndex((face) => face === document.activeElement);
    faces[at < 0 ? (by > 0 ? 0 : faces.length - 1) : Math.max(0, Math.min(faces.length - 1, at + by))]?.focus();
  }

  /**
   * Take a card away, and go on to the next one.
   * @param {HTMLElement} card
   */
  leave(card) {
    const { cards } = this;
    const at = cards.indexOf(card);
    card.remove();
    this.go(cards[at + 1] ?? cards[at - 1]);
  }

  /**
   * Make the first of these cards current that is there now, or after the next reading.
   * @param {string[] | undefined} ids
   */
  comeBack(ids = []) {
    this.#wanted = ids;
    this.settle();
    if (!ids.some((id) => this.byId(id))) this.#wanted = ids;
  }

  /** After a reading: the current card again, or the one in its place. Return whether another one is current now. */
  settle() {
    const back = this.#wanted.map((id) => this.byId(id)).find(Boolean);
    this.#wanted = [];
    if (!back && this.current?.isConnected) return false;
    const { cards } = this;
    this.go(back ?? this.byId(this.current?.dataset.id) ?? cards[Math.min(this.#place, cards.length - 1)]);
    return true;
  }
}
