// @ts-check
/* Photos that are chosen in the grid, and what is done with all of them at once. */

import { all, closest, fill, find, need } from "../kit/dom.js";
import { get, post, Refusal } from "../kit/http.js";
import { notify } from "../kit/notice.js";

/** @typedef {{paths: Record<string, string>, texts: Record<string, string>, address: (path: string) => string, redraw: () => void, refresh: () => void}} Grid */

export class Selection {
  /** @type {Set<string>} */
  #ids = new Set();
  /** The place of the photo that was chosen last, from which Shift chooses on. @type {number | null} */
  #anchor = null;

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
    for (const form of all("form", this.bar)) form.addEventListener("submit", () => this.#fill(form));
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
    this.bar.hidden = this.isEmpty;
    need("[data-chosen-number]", this.bar).textContent = fill(this.grid.texts.chosen ?? "", { number: this.#ids.size });
    this.grid.redraw();
  }

  /** @param {string} verb */
  async #clicked(verb) {
    if (verb === "none") this.clear();
    else if (verb === "all") { await this.#add(); this.#changed(); }
    else this.#act(verb);
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
      const { said } = await post((verb === "retry" ? paths.retry : paths.act) ?? "", { verb, photos, ...more });
      notify(said, verb === "hide" ? { undo: () => this.#undoHiding(photos) } : {});
      this.clear();
      this.grid.refresh();
    });
  }

  /** @param {string[]} photos */
  async #undoHiding(photos) {
    await this.#ask(async () => {
      notify((await post(this.grid.paths.act ?? "", { verb: "show", photos })).said);
      this.grid.refresh();
    });
  }

  /**
   * A form that the browser sends by itself: a file that it saves, or a page that asks once more.
   * @param {HTMLElement} form
   */
  #fill(form) {
    const field = need("input[name=photos], input[name=_selected_action]", form, HTMLInputElement);
    for (const copy of all("[data-copy]", form)) copy.remove();
    const ids = [...this.#ids];
    if (field.name === "photos") { field.value = ids.join(","); return; }
    field.value = ids[0] ?? "";
    for (const id of ids.slice(1)) {
      const copy = /** @type {HTMLInputElement} */ (field.cloneNode());
      copy.value = id;
      copy.dataset.copy = "";
      form.append(copy);
    }
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
