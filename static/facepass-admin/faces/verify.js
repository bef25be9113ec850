/* Proposed names: the current face is answered with one key, and the next one is current. */

import { Work, keys } from "./work_page.js";

const root = document.querySelector("[data-verify]");
const skipped = new Set();
const work = new Work(root, {
  query: () => {
    const here = new URLSearchParams(location.search);
    for (const id of skipped) here.append("skip", id);
    return here;
  },
  onRefresh: settle,
});
const { dataset } = root;
let current = null;

settle();

function cards() { return [...root.querySelectorAll("[data-card]")]; }

function settle() {
  if (current?.isConnected) return;
  const again = current && root.querySelector(`[data-id="${current.dataset.id}"]`);
  go(again ?? cards()[Math.min(current?.at ?? 0, cards().length - 1)]);
}

function go(card) {
  current?.classList.remove("fw-current");
  current = card ?? null;
  if (!card) return;
  card.classList.add("fw-current");
  card.at = cards().indexOf(card);
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const next = cards()[cards().indexOf(current) + by];
  if (next) go(next);
}

function leave(card) {
  const all = cards();
  const next = all[all.indexOf(card) + 1] ?? all[all.indexOf(card) - 1];
  card.remove();
  go(next);
}

function yes(card) {
  leave(card);
  work.decide(dataset.confirmPath, { faces: [card.dataset.id] });
}

function no(card) {
  leave(card);
  work.decide(dataset.denyPath, { face: card.dataset.id });
}

function skip(card) {
  skipped.add(card.dataset.id);
  leave(card);
  work.refreshSoon();
}

function all() {
  const faces = cards().map((card) => card.dataset.id);
  if (!faces.length) return;
  for (const card of cards()) card.remove();
  work.decide(dataset.confirmPath, { faces });
}

async function undo() {
  const told = await work.undo();
  const back = told?.faces.map((id) => root.querySelector(`[data-id="${id}"]`)).find(Boolean);
  if (back) go(back);
}

const answers = { yes, no, skip };
const on = (answer) => () => { if (current?.isConnected && dataset.may) answer(current); };

root.addEventListener("click", (event) => {
  if (event.target.closest("[data-all]")) { all(); return; }
  const card = event.target.closest("[data-card]");
  const button = event.target.closest("[data-do]");
  if (card && card !== current) go(card);
  if (button) on(answers[button.dataset.do])();
});

keys(work, {
  y: on(yes), Enter: on(yes), n: on(no), " ": on(skip),
  a: () => dataset.may && all(),
  o: () => current && location.assign(current.dataset.photo),
  ArrowDown: () => step(1), ArrowUp: () => step(-1), ArrowRight: () => step(1), ArrowLeft: () => step(-1),
  u: undo,
});
