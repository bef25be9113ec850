// @ts-check
// Choosing photos: their boxes, "all" and "none", a long press or a drag over the tiles, and the keyboard.
// A tap opens a photo; after a long press, taps tick until nothing is ticked any more.

import { Stroke, fillBetween } from "./stroke.js";

const LONG_PRESS_MS = 450;
// A finger or mouse that moved less than this stands still.
const STILL_PIXELS = 10;
const EDGE_PIXELS = 70, SCROLL_PIXELS = 14;

/** @type {HTMLElement} */
let root;
/** What is being pressed. @type {{tile: HTMLElement, x: number, y: number, timer: number, mouse: boolean} | null} */
let press = null;
/** @type {Stroke | null} */
let stroke = null;
/** The place of the box that was ticked last, for a range. */
let last = 0;
let pointer = { x: 0, y: 0 };
/** A press that chose something does not also open a photo. */
let swallows = false;
/** Whether taps tick, as they do after a long press. */
let taps_tick = false;

/** @param {HTMLElement} main  Holds the results, also those that come later. */
export function watchSelection(main) {
  root = main;
  main.addEventListener("change", (event) => { if (isBox(event.target)) count(); });
  main.addEventListener("click", onClick, { capture: true });
  main.addEventListener("pointerdown", onDown);
  main.addEventListener("dragstart", (event) => { if (tileOf(event.target)) event.preventDefault(); });
  main.addEventListener("contextmenu", (event) => { if (press || stroke) event.preventDefault(); });
  main.addEventListener("keydown", onKey);
  addEventListener("pointermove", onMove);
  addEventListener("pointerup", onUp);
  addEventListener("pointercancel", onUp);
  addEventListener("pageshow", count);
}

const form = () => /** @type {HTMLFormElement | null} */ (root.querySelector("#chosen"));
const boxes = () => [.../** @type {NodeListOf<HTMLInputElement>} */ (root.querySelectorAll("#chosen [name=photo]"))];
const row = () => boxes().map((box) => box.checked);

/** The tiles that are ticked. */
export function tickedTiles() {
  return boxes().filter((box) => box.checked).map((box) => /** @type {HTMLElement} */ (box.closest("li")));
}

/** Show how many are ticked; the bar is there while something is. */
export function count() {
  /** @type {HTMLElement | null | undefined} */
  const text = form()?.querySelector(".ticked");
  if (!text) return;
  const n = tickedTiles().length;
  taps_tick &&= n > 0;
  form()?.classList.toggle("choosing", n > 0);
  text.textContent = (text.dataset.text ?? "").replace("{n}", String(n));
}

/**
 * New tiles: fingers that choose may not scroll the page, which only this kind of listener can say.
 * @param {HTMLElement} grid
 */
export function watchTiles(grid) {
  grid.addEventListener("touchmove", (event) => { if (stroke) event.preventDefault(); }, { passive: false });
}

/** @param {boolean[]} ticked */
function tick(ticked) {
  boxes().forEach((box, at) => { box.checked = ticked[at] ?? box.checked; });
  count();
}

/** @param {boolean} value */
function tickAll(value) {
  tick(row().map(() => value));
}

/** @param {EventTarget | null} target @returns {target is HTMLInputElement} */
function isBox(target) {
  return target instanceof HTMLInputElement && target.matches("#chosen [name=photo]");
}

/**
 * @param {EventTarget | null} target
 * @returns {HTMLElement | null} the tile of a photo that may be chosen
 */
function tileOf(target) {
  const tile = target instanceof Element ? target.closest("#chosen .grid li") : null;
  return tile instanceof HTMLElement ? tile : null;
}

/** @param {HTMLElement} tile */
function placeOf(tile) {
  return boxes().findIndex((box) => tile.contains(box));
}

/** @param {MouseEvent} event */
function onClick(event) {
  if (swallows) {
    swallows = false;
    stop(event);
    return;
  }
  const action = event.target instanceof Element ? event.target.closest("[data-select]")?.getAttribute("data-select") : null;
  if (action) tickAll(action === "all");
  const tile = tileOf(event.target);
  if (!tile) return;
  if (isBox(event.target)) {
    if (event.shiftKey) tick(fillBetween(row(), last, placeOf(tile), event.target.checked));
    last = placeOf(tile);
  } else if (taps_tick && event.target instanceof Element && event.target.closest("a")) {
    stop(event);
    tick(new Stroke(row(), placeOf(tile)).reach(placeOf(tile)));
  }
}

/** @param {Event} event */
function stop(event) {
  event.preventDefault();
  event.stopPropagation();
}

/** @param {PointerEvent} event */
function onDown(event) {
  swallows = false;
  const tile = tileOf(event.target);
  if (!tile || !event.isPrimary || event.button !== 0) return;
  if (event.target instanceof Element && event.target.closest("label, button")) return;
  const mouse = event.pointerType === "mouse";
  const timer = mouse ? 0 : setTimeout(() => { taps_tick = true; begin(); }, LONG_PRESS_MS);
  press = { tile, x: event.clientX, y: event.clientY, timer, mouse };
  pointer = { x: event.clientX, y: event.clientY };
}

function begin() {
  if (!press) return;
  last = placeOf(press.tile);
  stroke = new Stroke(row(), last);
  swallows = true;
  reach();
  requestAnimationFrame(scrollAlong);
}

/** @param {PointerEvent} event */
function onMove(event) {
  if (!press || !event.isPrimary) return;
  pointer = { x: event.clientX, y: event.clientY };
  const moved = Math.hypot(event.clientX - press.x, event.clientY - press.y) >= STILL_PIXELS;
  if (stroke) reach();
  else if (moved && press.mouse) begin();
  else if (moved) letGo();
}

/** Tick up to the photo under the finger. */
function reach() {
  const tile = tileOf(document.elementFromPoint(pointer.x, pointer.y));
  if (stroke && tile) tick(stroke.reach(placeOf(tile)));
}

/** At the screen's edges the page moves along. */
function scrollAlong() {
  if (!stroke) return;
  const down = pointer.y > innerHeight - EDGE_PIXELS, up = pointer.y < EDGE_PIXELS;
  if (down || up) {
    scrollBy(0, down ? SCROLL_PIXELS : -SCROLL_PIXELS);
    reach();
  }
  requestAnimationFrame(scrollAlong);
}

/** @param {PointerEvent} event */
function onUp(event) {
  if (event.isPrimary) letGo();
}

function letGo() {
  clearTimeout(press?.timer);
  press = stroke = null;
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (!(event.target instanceof Element) || !event.target.closest("#chosen") || event.target.closest("select")) return;
  if (event.key === "Escape" && tickedTiles().length) tickAll(false);
  else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") tickAll(true);
  else return;
  event.preventDefault();
}
