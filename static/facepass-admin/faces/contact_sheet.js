// @ts-check
/* Proposed names by person: wrong faces are crossed out, and what has been on the screen is confirmed by one key. */

import { all, closest, find, need } from "../kit/dom.js";
import { bindKeys } from "../kit/keys.js";
import { notify } from "../kit/notice.js";
import { CardList } from "./card_list.js";
import { SeenFaces } from "./seen_faces.js";
import { WorkPage } from "./work_page.js";

/** What is said of one person's faces. @typedef {{person: string, right: string[], wrong: string[]}} Answer */

const root = need("[data-contact-sheet]");
const may = Boolean(root.dataset.may);
const foot = find("[data-foot]", root);
/** @type {Set<string>} */
const skipped = new Set();
const list = new CardList(root);
const seen = new SeenFaces(root, { hidden: { top: 0, bottom: foot?.offsetHeight ?? 0 }, onSeen: count });
const work = new WorkPage(root, { query, onRefresh: settle });

settle();

function query() {
  const here = new URLSearchParams(location.search);
  for (const id of skipped) here.append("skip", id);
  return here;
}

/** After a reading: some card is current, and new faces are looked at. */
function settle() {
  list.settle();
  seen.watch();
  count();
}

/** @param {HTMLElement} face */
function isCrossed(face) {
  return face.getAttribute("aria-pressed") === "true";
}

/** Say on each button how many faces it confirms, of how many where some have not been on the screen. */
function count() {
  let everybody = 0;
  for (const card of list.cards) {
    const faces = all("[data-face]", card).filter((face) => !isCrossed(face));
    const ready = faces.filter((face) => seen.has(face)).length;
    everybody += ready;
    write(card, ready < faces.length ? `${ready} / ${faces.length}` : String(ready));
  }
  if (foot) write(foot, String(everybody));
  const crossed = find("[data-crossed]", root);
  if (!crossed) return;
  const number = all("[data-face]", root).filter(isCrossed).length;
  crossed.hidden = !number;
  need("[data-number]", crossed).textContent = String(number);
}

/**
 * @param {HTMLElement} part
 * @param {string} text
 */
function write(part, text) {
  const place = find("[data-count]", part);
  if (place && place.textContent !== text) place.textContent = text;
}

/**
 * What is said of the card's faces; those that have not been on the screen are left out.
 * @param {HTMLElement} card
 * @returns {Answer}
 */
function answerOf(card) {
  const faces = all("[data-face]", card);
  const ids = (/** @type {HTMLElement[]} */ chosen) => chosen.map((face) => face.dataset.face ?? "");
  return {
    person: card.dataset.id ?? "",
    right: ids(faces.filter((face) => seen.has(face) && !isCrossed(face))),
    wrong: ids(faces.filter(isCrossed)),
  };
}

/** @param {HTMLElement[]} cards */
function confirmSeen(cards) {
  const people = cards.map(answerOf).filter(({ right, wrong }) => right.length + wrong.length);
  if (!people.length) { notify(root.dataset.noneSeen ?? "", { bad: true }); return; }
  for (const { person, right, wrong } of people) leave(list.byId(person), [...right, ...wrong]);
  if (list.current) list.current.scrollIntoView({ block: "start" });
  count();
  work.decide("answerPath", { people });
}

/**
 * The page goes on before the server has answered: the faces are gone, and the card when none is left.
 * @param {HTMLElement | null} card
 * @param {string[]} faces
 */
function leave(card, faces) {
  if (!card) return;
  for (const id of faces) find(`[data-face="${id}"]`, card)?.remove();
  card.dataset.version = ""; // so that the next reading puts there what is left
  if (!find("[data-face]", card)) list.leave(card);
}

/** @param {HTMLElement} card */
function skip(card) {
  skipped.add(card.dataset.id ?? "");
  list.leave(card);
  work.refreshSoon();
}

/** @param {HTMLElement} face */
function cross(face) {
  face.setAttribute("aria-pressed", String(!isCrossed(face)));
  count();
}

/** @type {Record<string, (card: HTMLElement) => void>} */
const actions = { confirm: (card) => confirmSeen([card]), skip };

root.addEventListener("click", (event) => {
  if (closest(event, "[data-all]")) { confirmSeen(list.cards); return; }
  const card = closest(event, "[data-card]");
  if (!card) return;
  const [face, button] = [closest(event, "[data-face]"), closest(event, "[data-do]")];
  if (card !== list.current) list.go(card, { scroll: false }); // what is looked at stays where it is
  if (face && may) cross(face);
  if (button) actions[button.dataset.do ?? ""]?.(card);
});

/**
 * A key that is held down is one press: what comes on the screen meanwhile, nobody has looked at.
 * @param {() => void} action
 */
function once(action) {
  return (/** @type {KeyboardEvent} */ event) => { if (may && !event.repeat) action(); };
}

const yes = once(() => { if (list.current?.isConnected) confirmSeen([list.current]); });

bindKeys({
  Enter: yes,
  y: yes,
  a: once(() => confirmSeen(list.cards)),
  s: once(() => { if (list.current?.isConnected) skip(list.current); }),
  " ": () => { const face = list.face; if (!face || !may) return false; cross(face); return true; },
  o: () => { const photo = list.face?.dataset.photo; if (photo) location.assign(photo); },
  ArrowDown: () => list.step(1),
  ArrowUp: () => list.step(-1),
  ArrowRight: () => list.walk(1),
  ArrowLeft: () => list.walk(-1),
  u: () => { work.undo(); },
}, { own: "[data-face]" });
