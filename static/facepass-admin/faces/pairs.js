// @ts-check
/* Two groups side by side: the same person, or not? One pair is shown, the next ones wait behind it. */

import { all, closest, find, need } from "../kit/dom.js";
import { bindKeys } from "../kit/keys.js";
import { WorkPage } from "./work_page.js";

const root = need("[data-pairs]");
/** @type {Set<string>} */
const skipped = new Set();
const work = new WorkPage(root, { query: () => new URLSearchParams([...skipped].map((id) => ["skip", id])), onRefresh: settle });

settle();

function settle() {
  all("[data-card]", root).forEach((card, index) => { card.hidden = index > 0; });
}

/** @param {HTMLElement} card */
function sides(card) {
  return all("[data-group]", card).map((side) => side.dataset.group);
}

/** @param {HTMLElement} card */
function same(card) {
  const groups = sides(card);
  leave(card);
  // A pair that names a group of this one is out of date as soon as the two are one.
  for (const other of all("[data-card]", root)) if (sides(other).some((id) => groups.includes(id))) other.remove();
  settle();
  work.decide("mergePath", { groups });
}

/** @param {HTMLElement} card */
function apart(card) {
  const [one, other] = sides(card);
  leave(card);
  work.decide("apartPath", { one, other });
}

/** @param {HTMLElement} card */
function skip(card) {
  skipped.add(card.dataset.id ?? "");
  leave(card);
  work.refreshSoon();
}

/** @param {HTMLElement} card */
function leave(card) {
  card.remove();
  settle();
}

/** @type {Record<string, (card: HTMLElement) => void>} */
const answers = { same, apart, skip };

/** @param {string} answer */
function give(answer) {
  const card = find("[data-card]", root);
  if (card && root.dataset.may) answers[answer]?.(card);
}

root.addEventListener("click", (event) => {
  const button = closest(event, "[data-do]");
  if (button) give(button.dataset.do ?? "");
});

bindKeys({
  s: () => give("same"),
  Enter: () => give("same"),
  n: () => give("apart"),
  " ": () => give("skip"),
  u: () => { work.undo(); },
});
