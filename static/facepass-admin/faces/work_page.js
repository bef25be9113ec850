// @ts-check
/* A page where faces are decided upon: a part of it is read again whenever something changed, here or elsewhere. */

import { all, closest, need, word } from "../kit/dom.js";
import { Decisions } from "../kit/decisions.js";
import { getText, post, Refusal } from "../kit/http.js";
import { showState, watch } from "../kit/live.js";
import { notify } from "../kit/notice.js";
import { takeOver } from "./take_over.js";

/* Several events in a row are one reading. */
const QUIET_MS = 80;

/**
 * What the server answers to a decision, and to its undoing; `groups` and `faces` are those that are back.
 * @typedef {{decisions: string[], text: string, groups?: string[], faces?: string[]}} Decided
 */

export class WorkPage {
  decisions = new Decisions();
  #asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HTMLElement} root
   * @param {{query?: () => URLSearchParams | string, onRefresh?: () => void}} [options] `query` of the part's address
   */
  constructor(root, { query = () => "", onRefresh = () => {} } = {}) {
    this.root = root;
    this.query = query;
    this.onRefresh = onRefresh;
    this.changing = need("[data-changing]", root);
    root.addEventListener("click", (event) => {
      const id = closest(event, "[data-undo]")?.dataset.undo;
      if (id) this.undo({ ids: [id] });
    });
    watch({
      socket: this.path("socket"),
      poll: this.path("poll"),
      onState: showState(need("[data-status]", root)),
      onEvent: (event) => { if (event.version !== this.version) this.refreshSoon(); },
    });
  }

  get version() {
    return need("[data-version]", this.changing).dataset.version;
  }

  /**
   * Return an address that the server wrote into the page.
   * @param {string} name
   */
  path(name) {
    return this.root.dataset[name] ?? "";
  }

  /**
   * Send a decision. The page goes on at once, and is read again when it is made or refused.
   * @param {string} path the name of its address
   * @param {Record<string, unknown>} body
   */
  async decide(path, body) {
    this.root.setAttribute("aria-busy", "true");
    try {
      await this.decisions.run(async () => {
        /** @type {Decided} */
        const answer = await post(this.path(path), body);
        this.decisions.remember({ ids: answer.decisions });
        notify(answer.text, answer.decisions.length ? { undo: () => this.undo() } : {});
      });
    } finally {
      this.refreshSoon();
    }
  }

  /**
   * Take back that step, else the last one of this visit, else the last one that the server knows of.
   * @param {import("../kit/decisions.js").Step | null} [chosen]
   * @returns {Promise<Decided | null>}
   */
  async undo(chosen = null) {
    const answer = await this.decisions.undo(async (step) => {
      /** @type {Decided} */
      const undone = await post(this.path("undoPath"), step ? { decisions: step.ids } : { of: this.path("of") });
      if (undone.decisions.length) for (const stale of all("[data-message]")) stale.remove();
      notify(word(undone.decisions.length ? "undone" : "nothing"));
      return undone;
    }, chosen);
    await this.refresh();
    return answer;
  }

  refreshSoon() {
    this.root.setAttribute("aria-busy", "true");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.refresh(), QUIET_MS);
  }

  async refresh() {
    const turn = (this.#asked += 1);
    this.root.setAttribute("aria-busy", "true");
    const text = await getText(`${this.path("listPath")}?${this.query()}`).catch(lost);
    if (turn !== this.#asked || this.decisions.busy) return; // a later reading is on its way
    this.root.setAttribute("aria-busy", "false");
    if (text === null) return;
    const fresh = new DOMParser().parseFromString(text, "text/html").body.firstElementChild;
    takeOver(need("[data-version]", this.changing), /** @type {HTMLElement} */ (fresh));
    this.onRefresh();
  }
}

/**
 * The next event is another try, and the line says whether there is a connection.
 * @param {unknown} error
 */
function lost(error) {
  if (error instanceof Refusal) return null;
  throw error;
}
