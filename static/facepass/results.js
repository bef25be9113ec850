// @ts-check
// What a guest does with the photos on show: favourite, "not me", share, save. Without this module every button posts its form
// and the answer is a whole page; with it the same addresses are fetched. All texts are in the page, translated.

import { count, tickedTiles, watchSelection, watchTiles } from "./selecting/selection.js";
import { isForSaving, isForShareSheet, save, share, watchHandOver } from "./sharing/hand_over.js";
import { canShareFiles } from "./sharing/pictures.js";

// Pictures' addresses last for half an hour at least; a page that was away longer fetches new ones.
const FRESH_MS = 25 * 60 * 1000;
const BLUR_SIDE = 4;

const brush = document.createElement("canvas");
brush.width = brush.height = BLUR_SIDE;
/** @type {HTMLElement} */
let root;
let fetched_at = 0;

/**
 * Watch the results inside `main`, also those that come later.
 * @param {HTMLElement} main
 */
export function watchResults(main) {
  root = main;
  watchSelection(main);
  watchHandOver();
  enliven();
  new MutationObserver(enliven).observe(main, { childList: true, subtree: true });
  main.addEventListener("click", onClick);
  main.addEventListener("click", answer);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - fetched_at > FRESH_MS && !ticked().length) refresh();
  });
}

const form = () => /** @type {HTMLFormElement | null} */ (root.querySelector("#chosen"));
const ticked = () => tickedTiles().map((tile) => tile.dataset.photo ?? "");

/** Each new picture: its colours until it is there, and a square tile cut around the guest's face. */
function enliven() {
  /** @type {NodeListOf<HTMLImageElement>} */
  const images = root.querySelectorAll("img[data-blur]");
  if (!images.length) return;
  fetched_at = Date.now();
  for (const image of images) {
    const [across = 50, down = 50] = (image.dataset.focus || "").split(" ").filter(Boolean);
    image.style.objectPosition = image.style.backgroundPosition = `${across}% ${down}%`;
    if (image.dataset.blur && !image.complete) image.style.backgroundImage = `url(${painted(image.dataset.blur)})`;
    delete image.dataset.blur;
  }
  prepareForm();
}

/** The form's parts that only a script makes use of. */
function prepareForm() {
  form()?.classList.add("scripted");
  /** @type {NodeListOf<HTMLElement>} */
  const parts = root.querySelectorAll("#chosen [data-select], #chosen .as-link");
  for (const part of parts) part.hidden = part.matches(".as-link") && !canShareFiles();
  const grid = root.querySelector("#chosen .grid");
  if (grid instanceof HTMLElement) watchTiles(grid);
  count();
}

/**
 * Return the picture of a few colours that a text holds, as an address.
 * @param {string} blur
 */
function painted(blur) {
  const pixels = new ImageData(BLUR_SIDE, BLUR_SIDE);
  const bytes = atob(blur);
  for (let i = 0; i < BLUR_SIDE * BLUR_SIDE; i++) {
    for (let c = 0; c < 3; c++) pixels.data[4 * i + c] = bytes.charCodeAt(3 * i + c);
    pixels.data[4 * i + 3] = 255;
  }
  brush.getContext("2d")?.putImageData(pixels, 0, 0);
  return brush.toDataURL();
}

/** @param {MouseEvent} event */
async function onClick(event) {
  const button = event.target instanceof Element && event.target.closest("#chosen button:is([formaction], [data-hand])");
  if (!button) return;
  const tile = button.matches(".heart") ? button.closest("li") : null;
  if (tile) {
    event.preventDefault();
    await favourite(tile);
    return;
  }
  const hand = button.getAttribute("data-hand");
  if (hand) {
    handOver(event, hand);
    return;
  }
  const action = button.getAttribute("formaction")?.match(/photos\/(favourite|unfavourite|refuse|restore)\/?$/)?.[1];
  if (!action) return;
  event.preventDefault();
  if (await act(action, ticked())) await refresh();
}

/**
 * "Are these you too?": the answer for one photo, by the button that was pressed.
 * @param {MouseEvent} event
 */
async function answer(event) {
  const button = event.target instanceof Element && event.target.closest("#possible button");
  if (!(button instanceof HTMLButtonElement)) return;
  event.preventDefault();
  const action = button.getAttribute("formaction")?.includes("/confirm") ? "confirm" : "deny";
  if (await act(action, [button.value])) await refresh();
}

/**
 * Share or save the ticked photos as files, where that goes here; else the form is sent, for a link or a ZIP.
 * @param {MouseEvent} event
 * @param {string} how
 */
function handOver(event, how) {
  const addresses = tickedTiles().map(fileOf);
  if (how === "share" ? !isForShareSheet(addresses) : !isForSaving(addresses)) return;
  event.preventDefault();
  if (how === "share") share(addresses);
  else save(addresses);
}

/**
 * Return the address of the photo's file in the size that the guest chose; empty where the studio gives none.
 * @param {HTMLElement} tile
 */
export function fileOf(tile) {
  const link = tile.querySelector("a");
  /** @type {HTMLSelectElement | null} */
  const size = root.querySelector("[name=size]");
  const file = link?.dataset.download ?? "";
  return file && size?.value === "small" ? `${link?.getAttribute("href")}&download` : file;
}

/**
 * Whether the photo may be marked at all: on a shared page it may not.
 * @param {HTMLElement} tile
 */
export const mayAct = (tile) => Boolean(tile.querySelector(".heart"));
/** @param {HTMLElement} tile */
export const isFavourite = (tile) => tile.querySelector(".heart")?.getAttribute("aria-pressed") === "true";

/**
 * Turn it on or off; the heart follows at once, and goes back where the server was not reached.
 * @param {HTMLElement} tile
 */
export async function favourite(tile) {
  const on = !isFavourite(tile);
  press(tile, on);
  if (!(await act(on ? "favourite" : "unfavourite", [tile.dataset.photo ?? ""]))) press(tile, !on);
  else if (!favouritesCount()) await replaceFilters();
}

const favouritesCount = () => root.querySelector("[data-count=favourites]");

/**
 * The heart, and the number of favourites where it is shown.
 * @param {HTMLElement} tile
 * @param {boolean} on
 */
function press(tile, on) {
  tile.querySelector(".heart")?.setAttribute("aria-pressed", String(on));
  const number = favouritesCount();
  if (number) number.textContent = String(Number(number.textContent) + (on ? 1 : -1));
}

/** The first favourite brings its filter along. */
async function replaceFilters() {
  const fresh = (await fetchResults())?.querySelector(".which");
  if (!fresh || favouritesCount()) return;
  root.querySelector("#results .which")?.remove();
  root.querySelector("#results .found")?.after(document.adoptNode(fresh));
}

/** @param {HTMLElement} tile */
export async function refuse(tile) {
  return (await act("refuse", [tile.dataset.photo ?? ""])) && refresh();
}

/**
 * @param {string} action
 * @param {string[]} photos
 */
async function act(action, photos) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", String(new FormData(form() ?? undefined).get("csrfmiddlewaretoken")));
  for (const photo of photos) body.append("photo", photo);
  try {
    const address = (form()?.dataset.act ?? "").replace("ACTION", action);
    const response = await fetch(address, { method: "POST", body, headers: { "X-Script": "1" } });
    say(response.status === 204 ? null : "failed");
    return response.status === 204;
  } catch {
    say("failed");
    return false;
  }
}

/** The same photos anew: without what was refused, with fresh addresses. False where they could not be had. */
export async function refresh() {
  const old = root.querySelector("#results");
  const fresh = old && (await fetchResults());
  if (!fresh) return false;
  old.replaceWith(document.adoptNode(fresh));
  enliven();
  return true;
}

/** Return what the server shows of the same photos now; null where it could not be had. */
async function fetchResults() {
  try {
    const response = await fetch(form()?.dataset.photos ?? "");
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return page.querySelector("#results #chosen")?.closest("#results") ?? null;
  } catch {
    return null;
  }
}

/** @param {string | null} what */
function say(what) {
  /** @type {HTMLElement | null | undefined} */
  const note = form()?.querySelector(".failed");
  if (note) note.hidden = what !== "failed";
}
