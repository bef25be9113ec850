/* The groups of an occasion. One card is current; its name field has the focus, so that a person costs a name and Enter. */

import { combobox } from "../kit/combobox.js";
import { Work, get, keys } from "./work_page.js";

const root = document.querySelector("[data-groups]");
const opened = new Set();
const work = new Work(root, {
  query: () => {
    const here = new URLSearchParams(location.search);
    for (const id of opened) here.append("open", id);
    return here;
  },
  onRefresh: settle,
});
const { dataset } = root;
let current = null;
let typing = true;

settle();

/* After a reading: every new field listens, and some card is current. */
function settle() {
  for (const input of root.querySelectorAll("[data-name]:not([data-ready])")) ready(input);
  if (!current?.isConnected) {
    const again = current?.dataset.id && root.querySelector(`[data-id="${current.dataset.id}"]`);
    go(again || cards()[Math.min(current?.at ?? 0, cards().length - 1)]);
  } else {
    suggest(current, { again: true });
  }
}

function cards() { return [...root.querySelectorAll("[data-card]")]; }

function ready(input) {
  input.dataset.ready = "";
  const card = input.closest("[data-card]");
  combobox(input, { source: dataset.peoplePath, create: dataset.create, choose: (choice) => name(card, choice) });
  input.addEventListener("focus", () => { typing = true; if (current !== card) go(card); });
  input.addEventListener("keydown", (event) => {
    if (event.defaultPrevented) return; // Enter has named this group, and the next one is current already
    const empty = !input.value;
    if (event.key === "Escape") { typing = false; input.blur(); card.focus(); }
    else if (event.key === "Enter" && empty) take(0);
    else if (event.key === "ArrowDown" && empty) step(1);
    else if (event.key === "ArrowUp" && empty) step(-1);
    else return;
    event.preventDefault();
  });
}

function go(card) {
  current?.classList.remove("fw-current");
  current = card ?? null;
  if (!card) return;
  card.classList.add("fw-current");
  card.at = cards().indexOf(card);
  const field = card.querySelector("[data-name]");
  const to = typing && field ? field : card;
  if (document.activeElement !== to && !document.querySelector("dialog[open]")) to.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
  suggest(card);
}

function step(by) {
  const all = cards();
  const next = all[all.indexOf(current) + by];
  if (next) go(next);
}

/* Whom the group is like is asked when it is its turn, and again when somebody may have become known meanwhile. */
async function suggest(card, { again = false } = {}) {
  const place = card?.querySelector("[data-likes]");
  if (!place || (place.dataset.asked && !again) || !dataset.may) return;
  place.dataset.asked = "yes";
  const { people } = await get(card.dataset.like).catch(() => ({ people: [] }));
  place.replaceChildren(...people.map((person, index) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "fw-like", tabIndex: -1 });
    button.dataset.person = person.id;
    button.innerHTML = person.crop; // made by the server, of numbers and its own addresses
    button.append(person.name, Object.assign(document.createElement("kbd"), { textContent: index ? String(index + 1) : "↵" }));
    button.title = String(person.similarity);
    return button;
  }));
  place.dataset.asked = "done";
}

function take(index) {
  const button = current?.querySelectorAll("[data-person]")[index];
  if (button) name(current, { person: button.dataset.person });
}

function selected(card) { return [...card.querySelectorAll('[aria-pressed="true"]')].map((face) => face.dataset.face); }

/* What a decision is about: the selected faces of the card, else the whole group. */
function about(card) {
  const faces = selected(card);
  if (faces.length) return { faces };
  return card.dataset.id ? { group: card.dataset.id } : null;
}

function name(card, choice) {
  const what = about(card);
  if (!what || !dataset.may) return;
  leave(card, what);
  work.decide(dataset.namePath, { ...what, ...choice });
}

function reject(card) {
  const what = about(card);
  if (!what) return;
  leave(card, what);
  work.decide(dataset.rejectPath, what);
}

/* The page goes on before the server has answered: the next card is current. */
function leave(card, what) {
  const field = card.querySelector("[data-name]");
  if (field) field.value = "";
  if (what.group && root.querySelector('[aria-current="page"]')?.search === "") {
    const all = cards();
    const at = all.indexOf(card);
    const next = all[at + 1] ?? all[at - 1];
    card.remove();
    go(next);
  } else {
    for (const id of what.faces ?? []) card.querySelector(`[data-face="${id}"]`)?.remove();
  }
}

function split(card) {
  const faces = selected(card);
  if (faces.length) { leave(card, { faces }); work.decide(dataset.splitPath, { faces }); }
}

function merge() {
  const groups = [...root.querySelectorAll("[data-mark]:checked")].map((mark) => mark.closest("[data-card]").dataset.id);
  if (groups.length > 1) work.decide(dataset.mergePath, { groups });
  else location.assign(dataset.pairsPath);
}

function open(card) {
  if (!card.dataset.id || !card.querySelector(".fw-more")) return;
  opened.add(card.dataset.id);
  work.refresh();
}

function toggle(face) {
  face.setAttribute("aria-pressed", String(face.getAttribute("aria-pressed") !== "true"));
}

function walk(by) {
  const faces = [...current.querySelectorAll("[data-face]")];
  const at = faces.indexOf(document.activeElement);
  faces[at < 0 ? (by > 0 ? 0 : faces.length - 1) : Math.max(0, Math.min(faces.length - 1, at + by))]?.focus();
}

async function undo() {
  const told = await work.undo();
  const back = told?.groups.map((id) => root.querySelector(`[data-id="${id}"]`)).find(Boolean);
  if (back) go(back);
}

const actions = { split, reject, open };

root.addEventListener("click", (event) => {
  const card = event.target.closest("[data-card]");
  if (!card) return;
  const face = event.target.closest("[data-face]");
  const like = event.target.closest("[data-person]");
  const button = event.target.closest("[data-do]");
  if (card !== current && !event.target.closest("[data-name]")) { typing = false; go(card); }
  if (face && dataset.may) toggle(face);
  if (like) name(card, { person: like.dataset.person });
  if (button) actions[button.dataset.do](card);
});

const on = (action) => () => { if (current && dataset.may) action(current); };

function nameField() {
  typing = true;
  current?.querySelector("[data-name]")?.focus();
}

keys(work, {
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  ArrowRight: () => current && walk(1),
  ArrowLeft: () => current && walk(-1),
  " ": on(() => { if (document.activeElement.dataset?.face) toggle(document.activeElement); }),
  n: nameField,
  Enter: nameField,
  1: on(() => take(0)),
  2: on(() => take(1)),
  3: on(() => take(2)),
  s: on(split),
  r: on(reject),
  x: on((card) => card.querySelector("[data-mark]")?.click()),
  m: () => dataset.may && merge(),
  a: () => current && open(current),
  o: () => { const photo = document.activeElement.dataset?.photo; if (photo) location.assign(photo); },
  u: undo,
});
