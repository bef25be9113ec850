// @ts-check
/* The groups of an occasion. One card is current; its name field has the focus, so that a person costs a name and Enter. */

import { Combobox } from "../kit/combobox.js";
import { all, closest, find, need } from "../kit/dom.js";
import { get } from "../kit/http.js";
import { bindKeys } from "../kit/keys.js";
import { notify } from "../kit/notice.js";
import { CardList } from "./card_list.js";
import { suggest } from "./likes.js";
import { TickedBar } from "./ticked_bar.js";
import { WorkPage } from "./work_page.js";

/** What a decision is about. @typedef {{faces: (string | undefined)[]} | {group: string}} About */

const root = need("[data-groups]");
const may = Boolean(root.dataset.may);
/** @type {Set<string>} */
const opened = new Set();
/* Whether the visitor names by typing, or is at the letters beside the field. A finger taps where it wants to type. */
let typing = !matchMedia("(pointer: coarse)").matches;
/** How people are offered in a name field. @type {Omit<import("../kit/combobox.js").Options, "choose">} */
const naming = {
  people: async (text) => (await get(`${work.path("peoplePath")}?q=${encodeURIComponent(text)}`)).people,
  create: (text, isKnown) => ({ label: text, note: root.dataset.create, choice: { name: text, new: isKnown } }),
  first: "typed",
};
const list = new CardList(root, (card) => (typing && nameField(card)) || card);
const work = new WorkPage(root, { query, onRefresh: settle });
const foot = find("[data-ticked]", root);
const bar = foot && new TickedBar(foot, root, { naming, decide: decideTicked });

settle();

function query() {
  const here = new URLSearchParams(location.search);
  for (const id of opened) here.append("open", id);
  return here;
}

/** After a reading: every new field listens, and some card is current. */
function settle() {
  for (const field of all("[data-name]:not([data-ready])", root)) listen(/** @type {HTMLInputElement} */ (field));
  if (!list.settle() && list.current && may) suggest(list.current, { again: true });
  else ask();
  bar?.show();
}

/** @param {HTMLElement} card */
function nameField(card) {
  return /** @type {HTMLInputElement | null} */ (find("[data-name]", card));
}

/** @param {HTMLInputElement} field */
function listen(field) {
  field.dataset.ready = "";
  const card = /** @type {HTMLElement} */ (field.closest("[data-card]"));
  new Combobox(field, { ...naming, choose: (choice) => name(card, choice) });
  field.addEventListener("focus", () => { typing = true; if (list.current !== card) go(card); });
  field.addEventListener("keydown", (event) => {
    if (!event.defaultPrevented && pressed(field, event.key)) event.preventDefault();
  });
}

/**
 * What a key does in a name field, if the list of people has not taken it. Return whether it does anything.
 * @param {HTMLInputElement} field
 * @param {string} key
 */
function pressed(field, key) {
  if (key === "Escape") { typing = false; field.blur(); list.current?.focus(); return true; }
  if (field.value) return false;
  if (key === "Enter") take(0);
  else if (key === "ArrowDown") step(1);
  else if (key === "ArrowUp") step(-1);
  else return false;
  return true;
}

/** @param {HTMLElement | null} card */
function go(card) {
  list.go(card);
  ask();
}

/** @param {number} by */
function step(by) {
  list.step(by);
  ask();
}

function ask() {
  if (list.current && may) suggest(list.current);
}

/** @param {number} index */
function take(index) {
  const person = list.current && all("[data-person]", list.current)[index]?.dataset.person;
  if (list.current && person) name(list.current, { person });
}

/** @param {HTMLElement} card */
function selected(card) {
  return all('[aria-pressed="true"]', card).map((face) => face.dataset.face);
}

/**
 * The selected faces of the card, else the whole group; null for faces of no group of which none is selected.
 * @param {HTMLElement} card
 * @returns {About | null}
 */
function about(card) {
  const faces = selected(card);
  if (faces.length) return { faces };
  return card.dataset.id ? { group: card.dataset.id } : null;
}

/**
 * @param {HTMLElement} card
 * @param {import("../kit/combobox.js").Choice} choice
 */
function name(card, choice) {
  const what = about(card);
  if (!what || !may) return;
  leave(card, what);
  work.decide("namePath", { ...what, ...choice });
}

/** @param {HTMLElement} card */
function reject(card, more = {}) {
  const what = about(card);
  if (!what) return;
  leave(card, what);
  work.decide("rejectPath", { ...what, ...more });
}

/** @param {HTMLElement} card */
function hide(card) {
  reject(card, { hide: true });
}

/**
 * The page goes on before the server has answered: the next card is current.
 * @param {HTMLElement} card
 * @param {About} what
 */
function leave(card, what) {
  const field = nameField(card);
  if (field) field.value = "";
  const tab = /** @type {HTMLAnchorElement | null} */ (find('[aria-current="page"]', root));
  if ("faces" in what) for (const id of what.faces) find(`[data-face="${id}"]`, card)?.remove();
  else if (tab?.search === "") { list.leave(card); ask(); } // of named and hidden ones the card stays where it is
  bar?.show();
}

/**
 * @param {string} path
 * @param {import("./ticked_bar.js").Ticked} ticked
 * @param {object} [choice] who it is
 */
function decideTicked(path, { groups, faces }, choice = {}) {
  for (const card of path === "mergePath" ? [] : list.cards) {
    const theirs = faces.filter((id) => find(`[data-face="${id}"]`, card));
    if (theirs.length) leave(card, { faces: theirs });
    if (card.dataset.id && groups.includes(card.dataset.id)) leave(card, { group: card.dataset.id });
  }
  work.decide(path, { groups, faces, ...choice });
}

/** @param {HTMLElement} card */
function split(card) {
  const faces = selected(card);
  if (!faces.length) { notify(root.dataset.splitHint ?? ""); return; }
  leave(card, { faces });
  work.decide("splitPath", { faces });
}

function merge() {
  const groups = bar?.ticked.groups ?? [];
  if (groups.length > 1) bar?.act("merge");
  else if (groups.length) notify(root.dataset.mergeHint ?? "");
  else location.assign(work.path("pairsPath"));
}

/** @param {HTMLElement} card */
function open(card) {
  if (!card.dataset.id || !find(".fp-more", card)) return;
  opened.add(card.dataset.id);
  work.refresh();
}

/** @param {Element} face */
function toggle(face) {
  face.setAttribute("aria-pressed", String(face.getAttribute("aria-pressed") !== "true"));
  bar?.show();
}

async function undo() {
  list.comeBack((await work.undo())?.groups);
  ask();
}

/** @type {Record<string, (card: HTMLElement) => void>} */
const actions = { split, hide, reject: (card) => reject(card), open };

root.addEventListener("click", (event) => {
  const card = closest(event, "[data-card]");
  if (!card) return;
  const face = closest(event, "[data-face]");
  const person = closest(event, "[data-person]")?.dataset.person;
  const button = closest(event, "[data-do]");
  if (card !== list.current && !closest(event, "[data-name]")) { typing = false; go(card); }
  if (face && may) toggle(face);
  if (person) name(card, { person });
  if (button) actions[button.dataset.do ?? ""]?.(card);
});

/** @param {(card: HTMLElement) => void} action */
function on(action) {
  return () => { if (list.current && may) action(list.current); };
}

function type() {
  typing = true;
  if (list.current) nameField(list.current)?.focus();
}

bindKeys({
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  ArrowRight: () => list.walk(1),
  ArrowLeft: () => list.walk(-1),
  " ": on(() => { const face = list.face; if (face) toggle(face); }),
  n: type,
  Enter: type,
  1: on(() => take(0)),
  2: on(() => take(1)),
  3: on(() => take(2)),
  s: on(split),
  h: on(hide),
  r: on((card) => reject(card)),
  x: on((card) => find("[data-mark]", card)?.click()),
  m: () => { if (may) merge(); },
  a: () => { if (list.current) open(list.current); },
  o: () => { const photo = list.face?.dataset.photo; if (photo) location.assign(photo); },
  u: () => { undo(); },
}, { own: "[data-face]" });
