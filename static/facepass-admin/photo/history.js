// @ts-check
/* What was decided about the faces of a photo, by whomever, in a part of the page that is opened. */

import { fill, make, need } from "../kit/dom.js";
import { get, Refusal } from "../kit/http.js";
import { notify } from "../kit/notice.js";

/** @typedef {{id: string, kind: string, by: string, at: string, undone: boolean, gone: string}} Decision */

export class History {
  /**
   * @param {HTMLDetailsElement} box
   * @param {{texts: import("./faces.js").Texts, address: () => string, undo: ((id: string) => void) | null}} options
   *   `undo` is null for whoever may not
   */
  constructor(box, { texts, address, undo }) {
    this.box = box;
    this.texts = texts;
    this.address = address;
    this.undo = undo;
    box.addEventListener("toggle", () => this.refresh());
  }

  toggle() {
    this.box.open = !this.box.open;
  }

  /** Ask again, where it is open. */
  async refresh() {
    if (!this.box.open) return;
    try {
      /** @type {{decisions: Decision[]}} */
      const { decisions } = await get(this.address());
      const rows = decisions.map((decision) => this.#row(decision));
      need("ol", this.box).replaceChildren(...(rows.length ? rows : [make("li", { text: this.texts.no_history })]));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      notify(error.message, { bad: true });
    }
  }

  /** @param {Decision} decision */
  #row(decision) {
    const row = make("li", { className: decision.undone ? "fp-undone" : "" }, make("span", { text: fill(this.texts.by ?? "", decision) }));
    if (decision.gone) row.append(make("span", { className: "fp-note", text: decision.gone }));
    const { undo } = this;
    if (decision.undone) row.append(make("em", { text: this.texts.was_undone }));
    else if (undo) {
      const button = make("button", { className: "fp-plain", type: "button", text: this.texts.undo });
      button.addEventListener("click", () => undo(decision.id));
      row.append(button);
    }
    return row;
  }
}
