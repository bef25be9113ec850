// @ts-check
/* What this visitor decided in this visit: sent in the order of the keys, and taken back from the last one on. */

import { find } from "./dom.js";
import { Refusal } from "./http.js";
import { notify } from "./notice.js";

/** Ids of decisions that were made, and are undone, together. @typedef {{ids: string[], photo?: string}} Step */

export class Decisions {
  /** @type {Step[]} */
  steps = [];
  /** How many are on their way to the server, or wait for those before them. */
  busy = 0;
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * Do the work after everything before it is through. Return its result; null where it was refused, which is shown.
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T | null>}
   */
  async run(work) {
    this.#count(1);
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    try {
      return await done;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      notify(error.message, { bad: true });
      return null;
    } finally {
      this.#count(-1);
    }
  }

  /** The page says that something is on its way; its style lets it say so only where that takes long.
   * @param {number} more */
  #count(more) {
    this.busy += more;
    const sign = find("[data-working]");
    if (sign) sign.hidden = this.busy === 0;
  }

  /** @param {Step} step */
  remember(step) {
    if (step.ids.length) this.steps.push(step);
  }

  /**
   * Take back those decisions, else the last step, which is known only when those before are through. `send` is called
   * with null where there is none. A step that the server will not take back is not tried again.
   * @template T
   * @param {(step: Step | null) => Promise<T>} send
   * @param {Step | null} [chosen]
   */
  undo(send, chosen = null) {
    return this.run(async () => {
      const step = chosen ?? this.steps.at(-1) ?? null;
      try {
        const answer = await send(step);
        this.#forget(step);
        return answer;
      } catch (error) {
        if (error instanceof Refusal && error.status >= 400) this.#forget(step);
        throw error;
      }
    });
  }

  /** @param {Step | null} step */
  #forget(step) {
    this.steps = this.steps.filter((other) => !other.ids.some((id) => step?.ids.includes(id)));
  }
}
