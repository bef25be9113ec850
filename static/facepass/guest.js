// @ts-check
// The guest's page: a selfie from the camera or a file, the search, the results.
// Without this module each form posts by itself, and the answer is a whole page. With it, the search's answer is fetched
// and its `#notice`, `#results` and `#waiting` take the place of those on show. All texts are in the page, translated.

import { asFile, drawPicture } from "./camera.js";
import { proveOn } from "./challenge.js";
import { copyText, watchCopyButtons } from "./copying.js";
import { Stage, can_use_camera, pause, tokenOf } from "./stage.js";
import { watchWaiting } from "./waiting.js";

// Where many search at once the server asks for some seconds of patience: the page has it for the guest.
const PATIENCE_SECONDS = 10;

/** Where the session wants its PIN first, there is no form. @type {HTMLFormElement | null} */
const search_form = document.querySelector("#search");
const form = /** @type {HTMLFormElement} */ (search_form);
const file = /** @type {HTMLInputElement} */ (search_form?.querySelector("#selfie"));
const stage = /** @type {Stage} */ (search_form && new Stage(search_form));
/** What was taken or chosen last, so that it can be sent again. @type {Blob | null} */
let picture = null;
let watches_photos = false;

/** @type {Record<string, () => unknown>} */
const actions = { open, shoot, send, choose, again, prove };

/**
 * @typedef {object} Proof
 * @property {Blob[]} [frames] of the challenge
 * @property {string} [challenge]
 */

/** @param {{selfie: Blob} & Proof} parts */
function bodyOf({ selfie, frames = [], challenge }) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", tokenOf(form));
  if (challenge !== undefined) body.append("challenge", challenge);
  for (const frame of frames) body.append("frames", frame, "frame.jpg");
  body.append("selfie", selfie, selfie instanceof File ? selfie.name : "selfie.jpg");
  return body;
}

async function open() {
  stage.say(null);
  if (!can_use_camera) { withoutCamera(isSecureContext ? "camera-missing" : "camera-insecure", { pick: true }); return; }
  const problem = await stage.open();
  if (problem) withoutCamera(problem);
}

/**
 * A picture from the phone's camera app or library will do; a challenge then takes several, by the plain form.
 * @param {string} problem
 */
function withoutCamera(problem, { pick = false } = {}) {
  const challenged = "challenge" in form.dataset;
  stage.enter(challenged ? "plain" : "idle");
  stage.say(problem);
  if (pick && !challenged) pickFile({ camera: true });
}

async function shoot() {
  picture = (await stage.shoot()) ?? picture;
}

async function prove() {
  try {
    /** @type {HTMLElement | null} */
    const challenge = form.querySelector("#challenge");
    const proof = await proveOn(stage, { address: challenge?.dataset.address ?? "", token: tokenOf(form) });
    if ("answer" in proof) show(proof.answer);
    else await search(proof.selfie, proof);
  } catch {
    stage.enter("idle");
    stage.say("offline");
  }
}

function send() {
  if (picture) search(picture);
}

function choose() {
  pickFile({ camera: false });
}

/**
 * With `capture` a phone opens its camera app, which works on plain HTTP too; without it, the photo library.
 * @param {{camera: boolean}} options
 */
function pickFile({ camera }) {
  file.toggleAttribute("capture", camera);
  if (camera) file.setAttribute("capture", "user");
  file.value = "";
  file.click();
}

async function searchWithFile() {
  const chosen = file.files?.[0];
  if (!chosen || stage.state === "plain") return;
  form.classList.remove("mirrored");
  const drawn = await drawPicture(chosen, stage.canvas);
  picture = drawn ? await asFile(stage.canvas) : chosen;
  await search(picture);
}

function again() {
  stage.enter("idle");
  form.scrollIntoView({ block: "start" });
  if (can_use_camera) open();
}

/**
 * @param {Blob} selfie
 * @param {Proof} [more]
 */
async function search(selfie, more = {}) {
  watchPhotos();
  stage.say(null);
  stage.enter("busy");
  try {
    let response = await fetch(form.action, { method: "POST", body: bodyOf({ selfie, ...more }) });
    const wait = Number(response.headers.get("Retry-After"));
    if (response.status === 429 && wait <= PATIENCE_SECONDS) {
      await pause(1000 * wait);
      response = await fetch(form.action, { method: "POST", body: bodyOf({ selfie, ...more }) });
    }
    const answer = new DOMParser().parseFromString(await response.text(), "text/html");
    // Searches take the challenge from now on, for a while: the page with it comes in this one's place.
    if (response.status === 403 && answer.querySelector("#search[data-challenge]") && !("challenge" in form.dataset)) {
      location.reload();
      return;
    }
    show(answer);
  } catch {
    // The picture is kept: one press sends it again.
    stage.enter(more.frames ? "idle" : "shot");
    stage.say("offline");
  }
}

/** @param {Document} answer */
function show(answer) {
  const main = answer.querySelector("main");
  if (!main) {
    stage.enter("idle");
    stage.say("broken");
    return;
  }
  if (!answer.querySelector("#search")) { turnTo(answer, main); return; }
  for (const id of ["notice", "results", "waiting"]) {
    const part = answer.getElementById(id);
    if (part) document.getElementById(id)?.replaceWith(document.adoptNode(part));
  }
  settle();
}

/**
 * The photos that were found; or the session was closed, or wants its PIN, the consent or an answer first. What the
 * answer says takes the whole page's place, under the address at which it is found again.
 * @param {Document} answer
 * @param {HTMLElement} main
 */
function turnTo(answer, main) {
  stage.close();
  document.body.className = answer.body.className;
  document.querySelector("main")?.replaceChildren(...[...main.childNodes].map((node) => document.adoptNode(node)));
  /** @type {HTMLElement | null} */
  const results = document.querySelector("#results[data-address]");
  if (results) history.replaceState(null, "", results.dataset.address);
  /** @type {HTMLElement | null} */
  const heading = document.querySelector("#results h2") ?? document.querySelector("main h1");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  scrollTo(0, 0);
}

/** Brings what the page now shows into view: the results' heading, or the form with what was wrong. */
function settle() {
  stage.enter(hasSearched() ? "done" : "idle");
  /** @type {HTMLElement | null} */
  const next = document.querySelector("#results h2") ?? form.querySelector("[data-when]:not([hidden])");
  next?.focus({ preventScroll: true });
  const top = form.getBoundingClientRect().top;
  if (top < 0 || top > innerHeight / 2) form.scrollIntoView({ block: "start" });
}

/** Whether the results on show are those of a search. */
function hasSearched() {
  return document.querySelector("#results[data-searched]") !== null;
}

function start() {
  form.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-action]");
    if (!(button instanceof HTMLElement)) return;
    if (button.dataset.action === "copy") copyText(button, location.href);
    else actions[button.dataset.action ?? ""]?.();
  });
  file.addEventListener("change", searchWithFile);
  if (form.querySelector("#challenge[data-steps]")) { stage.enter("plain"); return; }
  stage.enter(hasSearched() ? "done" : "idle");
  if (!can_use_camera) { stage.say(isSecureContext ? "camera-missing" : "camera-insecure"); return; }
  // Who has just agreed wants to take the picture now.
  const agreed = location.hash === "#camera";
  if (agreed) history.replaceState(null, "", location.pathname);
  if (agreed) open();
}

/** What shows photos is fetched while they are searched for: a page with a camera is lighter without it. */
async function watchPhotos() {
  if (watches_photos) return;
  watches_photos = true;
  const main = document.querySelector("main");
  const viewer = /** @type {HTMLDialogElement | null} */ (document.querySelector("#viewer"));
  // Without a connection it does not come; then the next search asks for it again.
  const module = await import("./viewer.js").catch(() => null);
  watches_photos = module !== null;
  if (main && viewer) module?.watchGrid(main, viewer);
}

async function watchOffline() {
  const module = await import("./offline/page.js").catch(() => null);
  module?.watchConnection();
}

if (hasSearched()) watchPhotos();
addEventListener("load", watchOffline);
watchWaiting();
watchCopyButtons();
if (search_form) start();
