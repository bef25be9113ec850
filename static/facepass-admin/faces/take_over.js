// @ts-check
/* A part of the page takes over what changed in it, and keeps what somebody is doing there. */

import { all, find } from "../kit/dom.js";

/* What is around the cards is exchanged as a whole. */
const AROUND = ["[data-left]", ".fp-empty", ".fp-pages"];

/**
 * Cards that are the same stay the same elements; one that changed keeps what is typed in it.
 * @param {HTMLElement} old in the page; a part without cards is replaced as a whole
 * @param {HTMLElement} fresh
 */
export function takeOver(old, fresh) {
  const [list, wanted] = [find("[data-cards]", old), find("[data-cards]", fresh)];
  if (!list || !wanted) { old.replaceWith(fresh); return; }
  const kept = new Map(all("[data-card]", list).map((card) => [card.dataset.id, card]));
  const cards = all("[data-card]", wanted).map((card) => {
    const known = kept.get(card.dataset.id);
    return known && known.dataset.version === card.dataset.version ? known : card;
  });
  const focus = cards.map((card) => carry(kept.get(card.dataset.id), card)).find(Boolean);
  for (const card of kept.values()) if (!cards.includes(card)) card.remove();
  // A moved element loses the focus, so the list and what is right in it stay where they are.
  cards.forEach((card, index) => { if (list.children[index] !== card) list.insertBefore(card, list.children[index] ?? null); });
  focus?.focus({ preventScroll: true });
  old.dataset.version = fresh.dataset.version;
  for (const part of AROUND) swap(old, fresh, part, find("section", old) ?? old);
  swap(old, fresh, "aside", old);
}

/**
 * Take what is typed and selected in a card to the one in its place. Return the field that has to have the focus again.
 * @param {HTMLElement | undefined} old
 * @param {HTMLElement} card
 * @returns {HTMLInputElement | null}
 */
function carry(old, card) {
  if (!old || old === card) return null;
  for (const face of all('[aria-pressed="true"]', old)) {
    find(`[data-face="${face.dataset.face}"]`, card)?.setAttribute("aria-pressed", "true");
  }
  const [was, is] = [old, card].map((part) => /** @type {HTMLInputElement | null} */ (find("[data-mark]", part)));
  if (was && is) is.checked = was.checked;
  const [from, to] = [old, card].map((part) => /** @type {HTMLInputElement | null} */ (find("[data-name]", part)));
  if (!from || !to) return null;
  to.value = from.value;
  return document.activeElement === from ? to : null;
}

/**
 * @param {HTMLElement} old
 * @param {HTMLElement} fresh
 * @param {string} part
 * @param {HTMLElement} home where a part goes that was not there before
 */
function swap(old, fresh, part, home) {
  const [was, becomes] = [find(part, old), find(part, fresh)];
  if (was && becomes) was.replaceWith(becomes);
  else if (was) was.remove();
  else if (becomes) home.append(becomes);
}
