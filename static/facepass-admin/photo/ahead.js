// @ts-check
/* The neighbours' faces and pictures, asked for before they are wanted, so that an arrow key shows them at once. */

/** @typedef {import("./faces.js").Described} Described */

export class Ahead {
  /** @type {Map<string, Promise<Described>>} */
  #coming = new Map();

  /** @param {(id: string) => Promise<Described>} describe */
  constructor(describe) {
    this.describe = describe;
  }

  /** @param {string} id */
  take(id) {
    const coming = this.#coming.get(id) ?? this.describe(id);
    this.forget();
    return coming;
  }

  forget() {
    this.#coming.clear();
  }

  /** @param {(string | null | undefined)[]} ids */
  look(ids) {
    for (const id of ids) {
      if (!id) continue;
      const coming = this.describe(id);
      this.#coming.set(id, coming);
      coming.then((found) => { new Image().src = found.photo.picture; }, () => this.#coming.delete(id));
    }
  }
}
