// One photo large, with its neighbours a key, a button or a swipe away. The tiles' links say what to show.

import { favourite, isFavourite, mayAct, refresh, refuse, watchResults } from "./results.js";
import { zoomable } from "./zoom.js";

// A finger that moved less than this meant to tap.
const SWIPE_PIXELS = 48;

let dialog, image, grid, tiles, at, start, zoom, retried;

/** Opens `viewer` for the tiles inside `root`, also for those that come later. */
export function watchGrid(root, viewer) {
  [dialog, grid] = [viewer, root];
  image = dialog.querySelector("img");
  watchResults(root);
  root.addEventListener("click", (event) => {
    const tile = event.target.closest(".grid a");
    if (!tile || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(tile);
  });
  dialog.addEventListener("click", onClick);
  dialog.addEventListener("keydown", onKey);
  dialog.addEventListener("close", onClose);
  dialog.addEventListener("pointerdown", (event) => (start = event.isPrimary ? event : null));
  dialog.addEventListener("pointerup", onSwipe);
  zoom = zoomable(dialog.querySelector(".slide"), image);
  image.addEventListener("load", () => settle("shown"));
  image.addEventListener("error", onError);
  image.draggable = false;
  addEventListener("popstate", () => dialog.open && dialog.close());
}

const all = () => [...grid.querySelectorAll(".grid a")];
const tile = () => tiles[at].closest("li");

function open(chosen) {
  tiles = all();
  retried = false;
  dialog.showModal();
  // The phone's back button closes the photo, and does not leave the results.
  history.pushState({ viewer: true }, "");
  show(tiles.indexOf(chosen));
}

function show(index) {
  at = Math.min(tiles.length - 1, Math.max(0, index));
  zoom.reset();
  settle("loading");
  image.src = tiles[at].href;
  image.alt = worded(dialog.dataset.alt);
  dialog.querySelector(".bar p").textContent = worded(dialog.dataset.counter);
  const download = dialog.querySelector("[data-action=download]");
  download.hidden = !tiles[at].dataset.download;
  download.href = tiles[at].dataset.download || "#";
  dialog.querySelector("[data-action=previous]").disabled = at === 0;
  dialog.querySelector("[data-action=next]").disabled = at === tiles.length - 1;
  for (const action of ["favourite", "refuse"]) {
    dialog.querySelector(`[data-action=${action}]`).hidden = !mayAct(tile());
  }
  press();
  if (tiles[at + 1]) new Image().src = tiles[at + 1].href;
}

function press() {
  dialog.querySelector("[data-action=favourite]").setAttribute("aria-pressed", isFavourite(tile()));
}

function worded(text) {
  return text.replace("{n}", at + 1).replace("{total}", tiles.length);
}

function settle(state) {
  dialog.dataset.state = state;
  dialog.querySelector(".expired").hidden = state !== "expired";
}

/** An address that has expired: once, new ones are fetched. */
async function onError() {
  if (!dialog.open || !image.hasAttribute("src")) return;
  if (retried) return settle("expired");
  retried = true;
  if (await refresh()) again(at);
  else settle("expired");
}

/** The results on the page are new ones. */
function again(index) {
  tiles = all();
  if (tiles.length) show(index);
  else dialog.close();
}

async function onClick(event) {
  const action = event.target.closest("[data-action]")?.dataset.action;
  if (action === "close" || (event.target.matches(".slide") && !zoom.busy)) dialog.close();
  if (action === "previous") show(at - 1);
  if (action === "next") show(at + 1);
  if (action === "favourite") await favouriteHere();
  if (action === "refuse" && (await refuse(tile()))) again(at);
}

async function favouriteHere() {
  const done = favourite(tile());
  press();
  await done;
  press();
}

function onKey(event) {
  if (zoom.key(event.key)) return event.preventDefault();
  const target = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tiles.length - 1 }[event.key];
  if (target === undefined) return;
  event.preventDefault();
  show(target);
}

function onSwipe(event) {
  if (event.pointerType === "mouse" || !event.isPrimary || !start || zoom.busy || visualViewport.scale > 1) return;
  const across = event.clientX - start.clientX;
  const down = event.clientY - start.clientY;
  if (Math.abs(across) > SWIPE_PIXELS && Math.abs(across) > Math.abs(down)) show(at + (across < 0 ? 1 : -1));
}

function onClose() {
  image.removeAttribute("src");
  if (history.state?.viewer) history.back();
  const shown = all()[at] ?? all().at(-1);
  (shown ?? grid.querySelector("#results h2"))?.focus();
}
