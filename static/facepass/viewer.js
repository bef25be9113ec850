// One photo large, with its neighbours a key, a button or a swipe away. The tiles' links say what to show.

// A finger that moved less than this meant to tap.
const SWIPE_PIXELS = 48;

let dialog, image, tiles, at, start;

/** Opens `viewer` for the tiles inside `root`, also for those that come later. */
export function watchGrid(root, viewer) {
  dialog = viewer;
  image = dialog.querySelector("img");
  root.addEventListener("click", (event) => {
    const tile = event.target.closest(".grid a");
    if (!tile || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open([...root.querySelectorAll(".grid a")], tile);
  });
  dialog.addEventListener("click", onClick);
  dialog.addEventListener("keydown", onKey);
  dialog.addEventListener("close", onClose);
  dialog.addEventListener("pointerdown", (event) => (start = event));
  dialog.addEventListener("pointerup", onSwipe);
  image.addEventListener("load", () => settle("shown"));
  image.addEventListener("error", () => settle("expired"));
  addEventListener("popstate", () => dialog.open && dialog.close());
}

function open(all, tile) {
  tiles = all;
  dialog.showModal();
  // The phone's back button closes the photo, and does not leave the results.
  history.pushState({ viewer: true }, "");
  show(tiles.indexOf(tile));
}

function show(index) {
  at = Math.min(tiles.length - 1, Math.max(0, index));
  settle("loading");
  image.src = tiles[at].href;
  image.alt = worded(dialog.dataset.alt);
  dialog.querySelector(".bar p").textContent = worded(dialog.dataset.counter);
  dialog.querySelector("[data-action=download]").href = tiles[at].dataset.download;
  dialog.querySelector("[data-action=previous]").disabled = at === 0;
  dialog.querySelector("[data-action=next]").disabled = at === tiles.length - 1;
  if (tiles[at + 1]) new Image().src = tiles[at + 1].href;
}

function worded(text) {
  return text.replace("{n}", at + 1).replace("{total}", tiles.length);
}

function settle(state) {
  dialog.dataset.state = state;
  dialog.querySelector(".expired").hidden = state !== "expired";
}

function onClick(event) {
  const action = event.target.closest("[data-action]")?.dataset.action;
  if (action === "close" || event.target.matches(".slide")) dialog.close();
  if (action === "previous") show(at - 1);
  if (action === "next") show(at + 1);
}

function onKey(event) {
  const target = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tiles.length - 1 }[event.key];
  if (target === undefined) return;
  event.preventDefault();
  show(target);
}

function onSwipe(event) {
  if (event.pointerType === "mouse" || !event.isPrimary || !start || visualViewport.scale > 1) return;
  const across = event.clientX - start.clientX;
  const down = event.clientY - start.clientY;
  if (Math.abs(across) > SWIPE_PIXELS && Math.abs(across) > Math.abs(down)) show(at + (across < 0 ? 1 : -1));
}

function onClose() {
  image.removeAttribute("src");
  if (history.state?.viewer) history.back();
  tiles[at].focus();
}
