// @ts-check
/* What the page of one photo shows, and what is decided there. */

import { Decisions } from "../kit/decisions.js";
import { fill, find, need, readJson } from "../kit/dom.js";
import { get, post, Refusal } from "../kit/http.js";
import { hideNotice, notify } from "../kit/notice.js";
import { Ahead } from "./ahead.js";
import { offerAlso } from "./also.js";
import { FaceList } from "./face_list.js";
import { FailedPhoto } from "./failed.js";
import { openFace, shownFaces } from "./faces.js";
import { History } from "./history.js";
import { Stage } from "./stage.js";
import { showTrouble } from "./trouble.js";

/** @typedef {import("./faces.js").Described} Described */
/** @typedef {import("./faces.js").Photo} Photo */
/** @typedef {import("../kit/decisions.js").Step} Step */

const NO_ROW = "00000000-0000-0000-0000-000000000000";
const REFRESH_MS = 300;

export class PhotoPage {
  decisions = new Decisions();
  /** @type {Photo | null} */
  photo = null;
  /** @type {Partial<import("./faces.js").Place>} */
  place = {};
  /** The id of a face. @type {string | null} */
  selected = null;
  #ahead = new Ahead((id) => this.#describe(id));
  #isRefreshing = false;

  /** @param {HTMLElement} section */
  constructor(section) {
    this.section = section;
    this.id = section.dataset.photo ?? "";
    this.paths = readJson("fp-paths");
    const texts = (this.texts = readJson("fp-texts"));
    this.may = { verify: "verify" in section.dataset, edit: "edit" in section.dataset };
    this.frame = need("[data-stage]", section);
    const select = (/** @type {string} */ id) => this.select(id);
    const back = () => { location.href = need("[data-back]", section, HTMLAnchorElement).href; };
    this.failed = new FailedPhoto(section, {
      path: (part) => this.#path(part),
      next: () => this.place.next ?? this.place.previous ?? null,
      go: (id) => { if (id) this.go(id); else back(); },
    });
    this.stage = new Stage(this.frame, { texts, select, drawn: (box) => this.draw(box) });
    this.list = new FaceList(need("[data-faces]", section), {
      texts,
      mayVerify: this.may.verify,
      people: (text, face) => this.#people(text, face),
      select,
      decide: (body, after) => this.decide(body, after),
      leave: () => this.frame.focus(),
    });
    this.also = offerAlso(find("[data-also]", section), {
      create: texts.create ?? "",
      people: (text) => this.#people(text, ""),
      choose: (choice) => this.addPerson(choice),
      leave: () => this.frame.focus(),
    });
    this.history = new History(need("[data-history]", section, HTMLDetailsElement), {
      texts,
      address: () => this.#path("decisions"),
      undo: this.may.verify ? (decision) => this.undo({ photo: this.id, ids: [decision] }) : null,
    });
  }

  /** @param {string} part */
  #path(part, id = this.id) {
    return this.paths[part].replace(NO_ROW, id);
  }

  /** @returns {Promise<Described>} */
  #describe(id = this.id) {
    return get(`${this.#path("described", id)}${location.search}`);
  }

  /** The selected face, where it is shown. */
  get face() {
    return shownFaces(this.photo).find((face) => face.id === this.selected);
  }

  /** @param {string | null | undefined} id */
  async go(id, { push = true } = {}) {
    if (!id) return;
    this.id = id;
    hideNotice();
    const coming = this.#ahead.take(id);
    /** @type {Described} */
    let found;
    try {
      found = await coming;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      notify(error.message, { bad: true });
      return;
    }
    if (this.id !== id) return; // the next key was faster
    if (push) history.pushState(null, "", `${this.#path("faces")}${location.search}`);
    this.selected = null;
    this.#show(found);
    this.select(openFace(found.photo)?.id ?? null);
    this.#ahead.look([this.place.next, this.place.previous]);
  }

  /** @param {{photo: Photo, place?: PhotoPage["place"]}} found */
  #show({ photo, place = this.place }) {
    Object.assign(this, { photo, place });
    const { section, texts } = this;
    need("h2[data-name]", section).textContent = photo.name;
    need("[data-place]", section).textContent = fill(texts.place, place);
    need("[data-taken]", section).textContent = photo.taken;
    need("[data-form]", section, HTMLAnchorElement).href = (section.dataset.formPath ?? "").replace(NO_ROW, photo.id);
    need("[data-go=previous]", section, HTMLButtonElement).disabled = !place.previous;
    need("[data-go=next]", section, HTMLButtonElement).disabled = !place.next;
    showTrouble(section, photo, texts);
    this.failed.show(photo);
    this.stage.show(photo);
    this.list.show(photo);
    this.select(this.selected);
  }

  /** @param {string | null} face */
  select(face) {
    this.selected = face;
    this.stage.mark(face);
    this.list.mark(face);
  }

  /** @param {number} by */
  step(by) {
    const faces = shownFaces(this.photo);
    const at = faces.findIndex((face) => face.id === this.selected);
    const next = faces[(at + by + faces.length) % faces.length];
    if (next) this.select(next.id);
  }

  /**
   * Whom a face is like, before a word is typed; then whose name has what is typed.
   * @param {string} text
   * @param {string} face
   */
  async #people(text, face) {
    const address = text ? `${this.#path("people")}?q=${encodeURIComponent(text)}` : `${this.#path("candidates")}?face=${face}`;
    /** @type {{people: {id: string, name: string, email: string, similarity?: number}[]}} */
    const { people } = await get(address);
    return people.map(({ id, name, email, similarity }) => ({ id, name, note: similarity?.toFixed(2) ?? email }));
  }

  /**
   * @param {Record<string, unknown>} body
   * @param {import("./face_list.js").After} [after]
   */
  decide(body, after = "stay") {
    if (!this.may.verify) return;
    const { id } = this;
    this.decisions.run(async () => {
      this.#take(await post(this.#path("decide", id), body));
      if (id !== this.id || after === "stay") return;
      const next = openFace(this.photo, this.selected);
      if (next) this.select(next.id);
      if (after !== "type") return;
      if (next) this.list.type(next.id);
      else this.frame.focus();
    });
  }

  /** @param {Described} found */
  #take(found) {
    this.#ahead.forget();
    this.decisions.remember({ ids: found.decisions, photo: found.photo.id });
    if (found.photo.id === this.id) this.#show(found);
    hideNotice();
  }

  /** @param {Step | null} [chosen] */
  undo(chosen = null) {
    this.decisions.undo(async (step) => {
      if (!step) { notify(this.texts.nothing_to_undo); return; }
      /** @type {Described} */
      const found = await post(this.#path("decide", step.photo), { verb: "undo", decisions: step.ids });
      if (step.photo !== this.id) await this.go(step.photo);
      else this.#take(found);
      notify(this.texts.undone);
      this.history.refresh();
    }, chosen);
  }

  /** @param {import("./faces.js").Box} box */
  draw(box) {
    const { id, texts } = this;
    notify(texts.saving ?? "");
    this.decisions.run(async () => {
      /** @type {Described} */
      const found = await post(this.#path("draw", id), box);
      this.#take(found);
      if (id === this.id) this.select(found.face ?? null);
      notify(found.described ? texts.described : texts.not_described, { bad: !found.described, undo: () => this.undo() });
    });
  }

  /** @param {import("../kit/combobox.js").Choice} choice */
  addPerson(choice) {
    const { id } = this;
    this.decisions.run(async () => { this.#take(await post(this.#path("also", id), choice)); });
  }

  retry() {
    const { id } = this;
    this.decisions.run(async () => {
      this.#take(await post(this.#path("retry_one", id), {}));
      notify(this.texts.waits);
    });
  }

  /** @param {number} degrees clockwise */
  turn(degrees) {
    const { id } = this;
    this.decisions.run(async () => {
      this.#take(await post(this.#path("turn", id), { degrees }));
      notify(this.texts.turned);
    });
  }

  /** Somebody else, or a worker, changed something in this gallery. What is being typed stays. */
  refreshSoon() {
    this.#ahead.forget();
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    setTimeout(() => { this.#isRefreshing = false; this.#refresh(); }, REFRESH_MS);
  }

  async #refresh() {
    const isBusy = () => this.decisions.busy > 0 || this.stage.isDrawing || !this.photo;
    if (isBusy()) return;
    const { id } = this;
    // Where it fails, the next event comes, and the line says whether there is a connection.
    const found = await this.#describe().catch(() => null);
    if (!found || id !== this.id || isBusy() || JSON.stringify(found.photo) === JSON.stringify(this.photo)) return;
    this.#show(found);
    this.history.refresh();
  }
}
