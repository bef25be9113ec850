// @ts-check
/* Proposed names: the current face is answered with one key, and the next one is current. */

import { closest, need } from "../kit/dom.js";
import { bindKeys } from "../kit/keys.js";
import { CardList } from "./card_list.js";
import { WorkPage } from "./work_page.js";

const root = need("[data-verify]");
/** @type {Set<string>} */
const skipped = new Set();
const list = new CardList(root);
const work = new WorkPage(root, { query, onRefresh: () => { list.settle(); } });

list.settle();

function query() {
  const here = new URLSearchParams(location.search);
  for (const id of skipped) here.append("skip", id);
  return here;
}

/**
 * Say whether it is the person whose name stands beside it, who may have changed since the page was read.
 * @param {HTMLElement} card
 * @param {"right" | "wrong"} answer
 */
function say(card, answer) {
  list.leave(card);
  work.decide("answerPath", { people: [{ person: card.dataset.person, [answer]: [card.dataset.id] }] });
}

/** @param {HTMLElement} card */
function skip(card) {
  skipped.add(card.dataset.id ?? "");
  list.leave(card);
  work.refreshSoon();
}

async function undo() {
  list.comeBack((await work.undo())?.faces);
}

/** @type {Record<string, (card: HTMLElement) => void>} */
const answers = { yes: (card) => say(card, "right"), no: (card) => say(card, "wrong"), skip };

/** @param {string} answer */
function give(answer) {
  if (list.current?.isConnected && root.dataset.may) answers[answer]?.(list.current);
}

root.addEventListener("click", (event) => {
  const card = closest(event, "[data-card]");
  const button = closest(event, "[data-do]");
  if (card && card !== list.current) list.go(card);
  if (button) give(button.dataset.do ?? "");
});

bindKeys({
  y: () => give("yes"),
  Enter: () => give("yes"),
  n: () => give("no"),
  " ": () => give("skip"),
  o: () => { if (list.current?.dataset.photo) location.assign(list.current.dataset.photo); },
  ArrowDown: () => list.step(1),
  ArrowUp: () => list.step(-1),
  ArrowRight: () => list.step(1),
  ArrowLeft: () => list.step(-1),
  u: () => { undo(); },
});
