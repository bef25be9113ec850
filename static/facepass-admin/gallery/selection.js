// @ts-check
/* Photos that are chosen in the grid, and what is done with all of them at once. */

import { closest, fill, find, need } from "../kit/dom.js";
import { get, post, Refusal } from "../kit/http.js";
import { notify } from "../kit/notice.js";

/** @typedef {{paths: Record<string, string>, texts: Record<string, string>, address: (path: string) => string, redraw: () => void, refresh: () => void}} Grid */

export class Selection {
  /** @type {Set<string>} */
  #ids = new Set();
  /** The place of the photo that was chosen last, from which Shift chooses on. @type {number | null} */
  #anchor = null;
  #isSure = false;

  /**
   * @param {HTMLElement} section
   * @param {Grid} grid
   */
  constructor(section, grid) {
    this.section = section;
    this.grid = grid;
    this.bar = need("[data-chosen]", section);
    this.bar.addEventListener("click", (event) => {
      const verb = closest(event, "[data-chosen-do]")?.dataset.chosenDo;
      if (verb) this.#clicked(verb);
    });
    for (const field of this.bar.querySelectorAll("[name=photos]")) {
      if (field instanceof HTMLInputElement) field.form?.addEventListener("submit", () => { field.value = [...this.#ids].join(","); });
    }
    const tagging = find("[data-tagging]", this.bar);
    if (tagging instanceof HTMLFormElement) tagging.addEventListener("submit", (event) => this.#tag(event, tagging));
    const targets = find("[data-target]", this.bar);
    if (targets instanceof HTMLSelectElement) targets.addEventListener("change", () => this.#move(targets));
  }

  /** @param {string} id */
  has(id) {
    return this.#ids.has(id);
  }

  get isEmpty() {
    return this.#ids.size === 0;
  }

  /**
   * Choose the photo, or no longer; with `onward` all from the one before to it.
   * @param {string} id
   * @param {number} index its place in the grid
   * @param {{onward?: boolean}} [options]
   */
  async toggle(id, index, { onward = false } = {}) {
    const from = this.#anchor;
    this.#anchor = index;
    if (onward && from !== null) await this.#add(Math.min(from, index), Math.max(from, index) + 1);
    else if (!this.#ids.delete(id)) this.#ids.add(id);
    this.#changed();
  }

  clear() {
    this.#ids.clear();
    this.#anchor = null;
    this.#changed();
  }

  /**
   * The photos from one place to before another.
   * @param {number} [start]
   * @param {number} [end]
   */
  async #add(start = 0, end = Infinity) {
    await this.#ask(async () => {
      const { photos } = await get(this.grid.address(this.grid.paths.ids ?? ""));
      for (const id of photos.slice(start, end)) this.#ids.add(id);
    });
  }

  #changed() {
    this.#forgetDeleting();
    this.bar.hidden = this.isEmpty;
    need("[data-chosen-number]", this.bar).textContent = fill(this.grid.texts.chosen ?? "", { number: this.#ids.size });
    this.grid.redraw();
  }

  /** @param {string} verb */
  async #clicked(verb) {
    if (verb === "none") this.clear();
    else if (verb === "all") { await this.#add(); this.#changed(); }
    else if (verb === "delete" && !this.#isSure) this.#askOnceMore();
    else this.#act(verb);
  }

  /** Deleting takes a second click, on a button that says how many it is about. */
  #askOnceMore() {
    const button = need('[data-chosen-do="delete"]', this.bar);
    this.#isSure = true;
    button.textContent = fill(this.grid.texts.delete_sure ?? "", { number: this.#ids.size });
    button.classList.add("fp-danger");
  }

  #forgetDeleting() {
    const button = find('[data-chosen-do="delete"]', this.bar);
    this.#isSure = false;
    if (!button) return;
    button.textContent = this.grid.texts.delete ?? "";
    button.classList.remove("fp-danger");
  }

  /**
   * @param {SubmitEvent} event
   * @param {HTMLFormElement} form
   */
  #tag(event, form) {
    event.preventDefault();
    const field = need("[name=tags]", form, HTMLInputElement);
    const verb = event.submitter instanceof HTMLButtonElement ? event.submitter.value : "tag";
    this.#act(verb, { tags: field.value });
    field.value = "";
  }

  /** @param {HTMLSelectElement} targets */
  #move(targets) {
    const target = targets.value;
    targets.value = "";
    if (target) this.#act("move", { target });
  }

  /**
   * @param {string} verb
   * @param {Record<string, string>} [more]
   */
  async #act(verb, more = {}) {
    const photos = [...this.#ids];
    const { paths } = this.grid;
    await this.#ask(async () => {
      const { said, undo } = await post((verb === "retry" ? paths.retry : paths.act) ?? "", { verb, photos, ...more });
      notify(said, undo ? { undo: () => this.#undo(undo) } : {});
      this.clear();
      this.grid.refresh();
    });
  }

  /** @param {Record<string, unknown>} body what takes it back, as the server has told */
  async #undo(body) {
    await this.#ask(async () => {
      notify((await post(this.grid.paths.act ?? "", body)).said);
      this.grid.refresh();
    });
  }

  /** @param {() => Promise<void>} work */
  async #ask(work) {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      notify(error.message, { bad: true });
    }
  }
}
