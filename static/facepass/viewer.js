// @ts-check
// One photo large, with its neighbours a key, a button or a swipe away. The tiles' links say what to show.

import { favourite, fileOf, isFavourite, mayAct, refresh, refuse, watchResults } from "./results.js";
import { isForShareSheet, save, share } from "./sharing/hand_over.js";
import { savesByShareSheet } from "./sharing/pictures.js";
import { zoomable } from "./zoom.js";

// A finger that moved less than this meant to tap.
const SWIPE_PIXELS = 48;

/** @type {HTMLDialogElement} */
let dialog;
/** @type {HTMLImageElement} */
let image;
/** @type {HTMLElement} */
let grid;
/** @type {HTMLAnchorElement[]} */
let tiles = [];
let at = 0;
/** Where a finger came down. @type {PointerEvent | null} */
let start = null;
/** @type {ReturnType<typeof zoomable>} */
let zoom;
let retried = false;
// Of the picture that is shown large, as `galleries.photos.media_files` makes it.
const LARGEST_SIDE = 1600;

/**
 * Open `viewer` for the tiles inside `root`, also for those that come later.
 * @param {HTMLElement} root
 * @param {HTMLDialogElement} viewer
 */
export function watchGrid(root, viewer) {
  [dialog, grid] = [viewer, root];
  image = part("img");
  watchResults(root);
  root.addEventListener("click", (event) => {
    const tile = event.target instanceof Element && event.target.closest(".grid a");
    if (!(tile instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(tile);
  });
  dialog.addEventListener("click", onClick);
  dialog.addEventListener("keydown", onKey);
  dialog.addEventListener("close", onClose);
  dialog.addEventListener("pointerdown", (event) => { start = event.isPrimary ? event : null; });
  dialog.addEventListener("pointerup", onSwipe);
  zoom = zoomable(part(".slide"), image);
  image.draggable = false;
  addEventListener("online", () => { if (dialog.open && dialog.dataset.state === "offline") show(at); });
  addEventListener("popstate", () => { if (dialog.open) dialog.close(); });
}

const all = () => [...grid.querySelectorAll(/** @type {"a"} */ (".grid a"))];
const tile = () => /** @type {HTMLLIElement} */ (tiles[at]?.closest("li"));

/**
 * Return a part of the dialog, which has them all.
 * @template {HTMLElement} T
 * @param {string} selector
 */
function part(selector) {
  return /** @type {T} */ (dialog.querySelector(selector));
}

/**
 * @param {string} action
 * @returns {HTMLButtonElement}
 */
function button(action) {
  return part(`[data-action=${action}]`);
}

/** @param {HTMLAnchorElement} chosen */
function open(chosen) {
  tiles = all();
  retried = false;
  dialog.showModal();
  // The phone's back button closes the photo, and does not leave the results.
  history.pushState({ viewer: true }, "");
  show(tiles.indexOf(chosen));
}

/** @param {number} index */
function show(index) {
  at = Math.min(tiles.length - 1, Math.max(0, index));
  const link = tiles[at];
  if (!link) return;
  zoom.reset();
  load(link);
  image.alt = worded(dialog.dataset.alt);
  part(".bar p").textContent = worded(dialog.dataset.counter);
  /** @type {HTMLAnchorElement} */
  const download = part("[data-action=download]");
  const file = fileOf(tile());
  download.hidden = !file;
  download.href = file || "#";
  button("share").hidden = !isForShareSheet([file]);
  button("previous").disabled = at === 0;
  button("next").disabled = at === tiles.length - 1;
  for (const action of ["favourite", "refuse"]) {
    button(action).hidden = !mayAct(tile());
  }
  press();
}

/**
 * The thumbnail at once, the large picture when it is there, and then the neighbours.
 * @param {HTMLAnchorElement} link
 */
async function load(link) {
  settle("loading");
  showSmall(link.querySelector("img"));
  const large = new Image();
  large.src = link.href;
  try {
    await large.decode();
  } catch {
    if (isShown(link)) await onError();
    return;
  }
  if (!isShown(link)) return;
  image.src = link.href;
  settle("shown");
  for (const next of [tiles[at + 1], tiles[at - 1]]) if (next) new Image().src = next.href;
}

/** @param {HTMLAnchorElement} link */
function isShown(link) {
  return dialog.open && tiles[at] === link;
}

/**
 * The tile's own picture, in the place and the size of the large one.
 * @param {HTMLImageElement | null} small
 */
function showSmall(small) {
  const [width, height] = [Number(small?.getAttribute("width")) || 3, Number(small?.getAttribute("height")) || 2];
  const scale = Math.min(1, LARGEST_SIDE / Math.max(width, height));
  image.style.setProperty("--shape", String(width / height));
  image.style.setProperty("--most", `${Math.round(width * scale)}px`);
  if (small?.complete && small.naturalWidth) image.src = small.currentSrc;
  else image.removeAttribute("src");
}

function press() {
  button("favourite").setAttribute("aria-pressed", String(isFavourite(tile())));
}

function worded(text = "") {
  return text.replace("{n}", String(at + 1)).replace("{total}", String(tiles.length));
}

/** @param {string} state */
function settle(state) {
  dialog.dataset.state = state;
  part(".expired").hidden = state !== "expired";
  part(".unreached").hidden = state !== "offline";
}

/** No connection; or an address that has expired: once, new ones are fetched. */
async function onError() {
  const [link, first] = [tiles[at], !retried];
  if (!navigator.onLine) { settle("offline"); return; }
  retried = true;
  if (first && (await refresh())) again(at);
  else if (link && isShown(link)) settle(navigator.onLine ? "expired" : "offline");
}

/**
 * The results on the page are new ones.
 * @param {number} index
 */
function again(index) {
  tiles = all();
  if (tiles.length) show(index);
  else dialog.close();
}

/** @param {MouseEvent} event */
async function onClick(event) {
  if (!(event.target instanceof Element)) return;
  const action = event.target.closest("[data-action]")?.getAttribute("data-action");
  if (action === "close" || (event.target.matches(".slide") && !zoom.busy)) dialog.close();
  if (action === "previous") show(at - 1);
  if (action === "next") show(at + 1);
  if (action === "share") await share([fileOf(tile())]);
  if (action === "download" && savesByShareSheet() && isForShareSheet([fileOf(tile())])) {
    event.preventDefault();
    await save([fileOf(tile())]);
  }
  if (action === "favourite") await favouriteHere();
  if (action === "refuse" && (await refuse(tile()))) again(at);
}

async function favouriteHere() {
  const done = favourite(tile());
  press();
  await done;
  press();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (zoom.key(event.key)) { event.preventDefault(); return; }
  /** @type {Record<string, number>} */
  const targets = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tiles.length - 1 };
  const target = targets[event.key];
  if (target === undefined) return;
  event.preventDefault();
  show(target);
}

/** @param {PointerEvent} event */
function onSwipe(event) {
  if (event.pointerType === "mouse" || !event.isPrimary || !start || zoom.busy || (visualViewport?.scale ?? 1) > 1) return;
  const across = event.clientX - start.clientX;
  const down = event.clientY - start.clientY;
  if (Math.abs(across) > SWIPE_PIXELS && Math.abs(across) > Math.abs(down)) show(at + (across < 0 ? 1 : -1));
}

function onClose() {
  image.removeAttribute("src");
  if (history.state?.viewer) history.back();
  const shown = all()[at] ?? all().at(-1);
  (shown ?? /** @type {HTMLElement | null} */ (grid.querySelector("#results h2")))?.focus();
}
