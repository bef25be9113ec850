// @ts-check
/* What can be done with a photo that failed, beside having it analysed again: another file in its place, or none. */

import { find, need } from "../kit/dom.js";
import { post, Refusal } from "../kit/http.js";
import { notify } from "../kit/notice.js";

/** @typedef {import("./faces.js").Photo} Photo */

export class FailedPhoto {
  /** @type {Photo | null} */
  #photo = null;

  /**
   * @param {HTMLElement} section
   * @param {{path: (part: string) => string, go: (id: string | null) => void, next: () => string | null}} page
   *   `go` opens a photo, or the gallery where there is none
   */
  constructor(section, page) {
    this.page = page;
    this.line = find("[data-failed]", section);
    if (!this.line) return;
    const input = need("[data-replace]", this.line, HTMLInputElement);
    input.addEventListener("change", () => { this.#replace(input.files?.[0]); input.value = ""; });
    need("[data-delete]", this.line).addEventListener("click", () => this.#delete());
  }

  /** @param {Photo} photo */
  show(photo) {
    this.#photo = photo;
    if (this.line) this.line.hidden = !["failed", "quarantined"].includes(photo.state);
  }

  /** @param {File | undefined} file */
  async #replace(file) {
    if (!file) return;
    const form = new FormData();
    form.append("file", file, file.name);
    await this.#ask(async () => {
      const { photo, said } = await post(this.page.path("replace"), form);
      this.page.go(photo);
      notify(said);
    });
  }

  async #delete() {
    const { id } = this.#photo ?? { id: "" };
    const next = this.page.next();
    await this.#ask(async () => {
      const { said, undo } = await post(this.page.path("act"), { verb: "delete", photos: [id] });
      this.page.go(next);
      if (next) notify(said, undo ? { undo: () => this.#undo(undo, id) } : {});
    });
  }

  /**
   * @param {Record<string, unknown>} body what takes the deletion back
   * @param {string} id
   */
  async #undo(body, id) {
    await this.#ask(async () => {
      const { said } = await post(this.page.path("act"), body);
      this.page.go(id);
      notify(said);
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
