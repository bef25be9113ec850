/* Two groups side by side: the same person, or not? One pair is shown, the next ones wait behind it. */

import { Work, keys } from "./work_page.js";

const root = document.querySelector("[data-pairs]");
const skipped = new Set();
const work = new Work(root, { query: () => new URLSearchParams([...skipped].map((id) => ["skip", id])), onRefresh: settle });
const { dataset } = root;

settle();

function first() { return root.querySelector("[data-card]"); }

function settle() {
  root.querySelectorAll("[data-card]").forEach((card, index) => { card.hidden = index > 0; });
}

function sides(card) { return [...card.querySelectorAll("[data-group]")].map((side) => side.dataset.group); }

/* A pair that names a group of this one is out of date as soon as the two are one. */
function leave(card, { merged = false } = {}) {
  const gone = new Set(sides(card));
  card.remove();
  if (merged) for (const other of root.querySelectorAll("[data-card]")) if (sides(other).some((id) => gone.has(id))) other.remove();
  settle();
}

function same() {
  const card = first();
  leave(card, { merged: true });
  work.decide(dataset.mergePath, { groups: sides(card) });
}

function apart() {
  const card = first();
  const [one, other] = sides(card);
  leave(card);
  work.decide(dataset.apartPath, { one, other });
}

function skip() {
  const card = first();
  skipped.add(card.dataset.id);
  leave(card);
  work.refreshSoon();
}

const answers = { same, apart, skip };
const on = (answer) => () => { if (first() && dataset.may) answer(); };

root.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) on(answers[button.dataset.do])();
});

keys(work, { s: on(same), Enter: on(same), n: on(apart), " ": on(skip), u: () => work.undo() });
