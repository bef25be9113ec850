// The guest's page: a selfie from the camera or a file, the search, the results.
// Without this module each form posts by itself, and the answer is a whole page. With it, the search's answer is fetched
// and its `#notice`, `#results` and `#waiting` take the place of those on show. All texts are in the page, translated.

import { asFile, drawPicture } from "./camera.js";
import { beginChallenge, perform } from "./challenge.js";
import { Stage, can_use_camera, pause } from "./stage.js";
import { watchGrid } from "./viewer.js";
import { watchWaiting } from "./waiting.js";

// Where many search at once the server asks for some seconds of patience: the page has it for the guest.
const PATIENCE_SECONDS = 10;
const IN_APP = /FBAN|FBAV|Instagram|Line\/|MicroMessenger|VKClient|VKAndroidApp|Telegram|Snapchat|musical_ly|; wv\)/;

const form = document.querySelector("#search");
const file = form?.querySelector("#selfie");
const stage = form && new Stage(form);
// What was taken or chosen last, so that it can be sent again.
let picture = null;

const actions = { open, shoot, send, choose, again, prove };

function bodyOf({ selfie, frames = [], ...fields }) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  for (const frame of frames) body.append("frames", frame, "frame.jpg");
  body.append("selfie", selfie, selfie.name ?? "selfie.jpg");
  return body;
}

async function open() {
  stage.say(null);
  if (!can_use_camera) return withoutCamera(isSecureContext ? "camera-missing" : "camera-insecure", { pick: true });
  const problem = await stage.open();
  if (problem) withoutCamera(problem);
}

/** A picture from the phone's camera app or library will do; a challenge then takes several, by the plain form. */
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
  stage.say(null);
  stage.enter("prove");
  try {
    const asked = await beginChallenge(form.querySelector("#challenge").dataset.address, form.elements.csrfmiddlewaretoken.value);
    if (asked.answer) return show(asked.answer);
    const frames = await perform(asked.steps, { say: (hint) => stage.guide(hint), grab: () => stage.grab() });
    stage.guide("look_straight");
    await pause(1500);
    await search(await stage.grab(), { frames, challenge: asked.token });
  } catch {
    stage.enter("idle");
    stage.say("offline");
  }
}

function send() {
  return search(picture);
}

function choose() {
  pickFile({ camera: false });
}

/** With `capture` a phone opens its camera app, which works on plain HTTP too; without it, the photo library. */
function pickFile({ camera }) {
  file.toggleAttribute("capture", camera);
  if (camera) file.setAttribute("capture", "user");
  file.value = "";
  file.click();
}

async function searchWithFile() {
  const chosen = file.files[0];
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

async function search(selfie, more = {}) {
  stage.say(null);
  stage.enter("busy");
  try {
    let response = await fetch(form.action, { method: "POST", body: bodyOf({ selfie, ...more }) });
    const wait = Number(response.headers.get("Retry-After"));
    if (response.status === 429 && wait <= PATIENCE_SECONDS) {
      await pause(1000 * wait);
      response = await fetch(form.action, { method: "POST", body: bodyOf({ selfie, ...more }) });
    }
    show(new DOMParser().parseFromString(await response.text(), "text/html"));
  } catch {
    // The picture is kept: one press sends it again.
    stage.enter(more.frames ? "idle" : "shot");
    stage.say("offline");
  }
}

function show(answer) {
  if (!answer.querySelector("main")) {
    stage.enter("idle");
    return stage.say("broken");
  }
  if (!answer.querySelector("#search")) return turnAway(answer);
  for (const id of ["notice", "results", "waiting"]) {
    document.getElementById(id).replaceWith(document.adoptNode(answer.getElementById(id)));
  }
  settle();
}

/** The session was closed, or wants its PIN or the consent again: what the answer says takes the whole page's place. */
function turnAway(answer) {
  stage.close();
  const main = document.adoptNode(answer.querySelector("main"));
  document.body.className = answer.body.className;
  document.querySelector("main").replaceWith(main);
  const heading = main.querySelector("h1");
  heading.tabIndex = -1;
  heading.focus();
}

/** Brings what the page now shows into view: the results' heading, or the form with what was wrong. */
function settle() {
  const results = document.querySelector("#results");
  stage.enter("searched" in results.dataset ? "done" : "idle");
  const next = results.querySelector("h2") ?? form.querySelector("[data-when]:not([hidden])");
  next.focus({ preventScroll: true });
  const top = form.getBoundingClientRect().top;
  if (top < 0 || top > innerHeight / 2) form.scrollIntoView({ block: "start" });
}

async function copyAddress(button) {
  await navigator.clipboard.writeText(location.href);
  button.textContent = button.dataset.done;
}

function start() {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-action]");
    if (button?.dataset.action === "copy") return copyAddress(button);
    actions[button?.dataset.action]?.();
  });
  file.addEventListener("change", searchWithFile);
  const results = document.querySelector("#results");
  if (form.querySelector("#challenge[data-steps]")) return stage.enter("plain");
  stage.enter("searched" in results.dataset ? "done" : "idle");
  if (!can_use_camera) return stage.say(isSecureContext ? "camera-missing" : "camera-insecure");
  // Who has just agreed wants to take the picture now.
  const agreed = location.hash === "#camera";
  if (agreed) history.replaceState(null, "", location.pathname);
  if (agreed) return open();
  if (IN_APP.test(navigator.userAgent)) stage.say("in-app");
}

watchGrid(document.querySelector("main"), document.querySelector("#viewer"));
watchWaiting();
if (form) start();
