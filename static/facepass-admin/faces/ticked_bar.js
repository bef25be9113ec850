// @ts-check
/* The bar for what is ticked: groups, and single faces of them. It is there while something is. */

import { Combobox } from "../kit/combobox.js";
import { all, closest, find, need } from "../kit/dom.js";

/** @typedef {{groups: string[], faces: string[]}} Ticked */
/** The address to which each button's decision goes, and what it says beside. @type {Record<string, [path: string, more?: object]>} */
const VERBS = { merge: ["mergePath"], split: ["splitPath"], hide: ["rejectPath", { hide: true }], reject: ["rejectPath"] };

/**
 * @typedef {object} Options
 * @property {Omit<import("../kit/combobox.js").Options, "choose">} naming
 * @property {(path: string, ticked: Ticked, choice?: object) => void} decide
 */

export class TickedBar {
  /**
   * @param {HTMLElement} bar
   * @param {HTMLElement} root the page, whose groups and faces are ticked
   * @param {Options} options
   */
  constructor(bar, root, { naming, decide }) {
    this.bar = bar;
    this.root = root;
    this.decide = decide;
    this.field = need("[data-ticked-name]", bar, HTMLInputElement);
    new Combobox(this.field, { ...naming, choose: (choice) => this.#send("namePath", choice) });
    root.addEventListener("change", (event) => { if (closest(event, "[data-mark]")) this.show(); });
    bar.addEventListener("click", (event) => {
      const act = closest(event, "[data-tick]")?.dataset.tick;
      if (act && act in VERBS) this.act(act);
      else if (act) this.clear();
    });
  }

  /** @param {string} act one of VERBS */
  act(act) {
    const verb = VERBS[act];
    if (verb) this.#send(...verb);
  }

  /**
   * @param {string} path
   * @param {object} [choice]
   */
  #send(path, choice) {
    const { ticked } = this;
    this.clear();
    this.decide(path, ticked, choice);
  }

  /** What is ticked; faces of a group that is ticked as a whole are the group's. @returns {Ticked} */
  get ticked() {
    const cards = all("[data-card]", this.root);
    const whole = cards.filter(isMarked);
    const faces = cards.filter((card) => !isMarked(card)).flatMap((card) => all('[aria-pressed="true"][data-face]', card));
    return { groups: whole.map((card) => card.dataset.id ?? ""), faces: faces.map((face) => face.dataset.face ?? "") };
  }

  /** Be there while something is ticked, with the buttons that make sense for it. */
  show() {
    const { groups, faces } = this.ticked;
    this.bar.hidden = !(groups.length + faces.length);
    const holders = all("[data-card]", this.root).filter((card) => find('[aria-pressed="true"][data-face]', card) && !isMarked(card));
    const isPart = faces.length > 0 && !groups.length && holders.length === 1 && Boolean(holders[0]?.dataset.id);
    write(this.bar, { group: groups.length, face: faces.length });
    need('[data-tick="merge"]', this.bar).hidden = groups.length < 2 || faces.length > 0;
    need('[data-tick="split"]', this.bar).hidden = !isPart;
  }

  clear() {
    for (const face of all('[aria-pressed="true"][data-face]', this.root)) face.setAttribute("aria-pressed", "false");
    for (const mark of all("[data-mark]:checked", this.root)) /** @type {HTMLInputElement} */ (mark).checked = false;
    this.field.value = "";
    this.show();
  }
}

/** @param {HTMLElement} card */
function isMarked(card) {
  return Boolean(find("[data-mark]:checked", card));
}

/**
 * @param {HTMLElement} bar
 * @param {{group: number, face: number}} numbers
 */
function write(bar, numbers) {
  for (const [what, number] of Object.entries(numbers)) {
    need(`[data-${what}-number]`, bar).textContent = String(number);
    need(`[data-${what}s-line]`, bar).hidden = !number;
  }
}
