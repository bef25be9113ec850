// The guest's page: a selfie from the camera or a file, the search, the results.
// Without this module each form posts by itself, and the answer is a whole page. With it, the search's answer is fetched
// and its `#notice`, `#results` and `#waiting` take the place of those on show. All texts are in the page, translated.

import { openCamera, stopCamera, takePicture, drawPicture, asFile } from "./camera.js";
import { beginChallenge, pause, perform } from "./challenge.js";
import { watch } from "./hints.js";
import { watchGrid } from "./viewer.js";
import { watchWaiting } from "./waiting.js";

const COUNT_FROM = 3;
const COUNT_MS = 700;
// Where many search at once the server asks for some seconds of patience: the page has it for the guest.
const PATIENCE_SECONDS = 10;
const IN_APP = /FBAN|FBAV|Instagram|Line\/|MicroMessenger|VKClient|VKAndroidApp|Telegram|Snapchat|musical_ly|; wv\)/;

const form = document.querySelector("#search");
const file = form?.querySelector("#selfie");
const video = form?.querySelector("video");
const canvas = form?.querySelector("canvas");
const can_use_camera = Boolean(navigator.mediaDevices?.getUserMedia);
// What was taken or chosen last, so that it can be sent again.
let picture = null;
let stopHints = () => {};

const actions = { open, shoot, send, choose, again, prove };

/** idle | live (camera) | count (down) | prove (the challenge) | shot (picture taken) | busy (searching) | done (results
 * on show) | plain (the form as it is without this module); CSS shows what belongs. */
function enter(state) {
  const pressed = document.activeElement;
  form.dataset.state = state;
  for (const button of form.querySelectorAll("[data-when]")) {
    button.hidden = !button.dataset.when.split(" ").includes(state);
  }
  stopHints();
  if (state === "live") stopHints = watch(video, { look, say: guide });
  if (!["live", "count", "prove"].includes(state)) stopCamera(video);
  // Who works by keyboard goes on from the button that took this one's place.
  if (pressed?.hidden) form.querySelector("[data-when]:not([hidden])")?.focus();
}

function say(code) {
  const message = form.querySelector(`.messages [data-code="${code}"]`);
  document.querySelector("#notice").replaceChildren(...(message ? [message.cloneNode(true)] : []));
}

function guide(hint) {
  const words = form.querySelector(`.texts [data-text="${hint}"]`)?.textContent ?? "";
  const line = form.querySelector(".guide");
  if (line.textContent !== words) line.textContent = words;
  form.dataset.hint = hint;
}

async function look(frame) {
  try {
    const response = await fetch(form.dataset.look, { method: "POST", body: bodyOf({ selfie: frame }) });
    return response.ok ? (await response.json()).hint : null;
  } catch {
    return null;
  }
}

function bodyOf({ selfie, frames = [], ...fields }) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  for (const frame of frames) body.append("frames", frame, "frame.jpg");
  body.append("selfie", selfie, selfie.name ?? "selfie.jpg");
  return body;
}

async function open() {
  say(null);
  if (!can_use_camera) return withoutCamera(isSecureContext ? "camera-missing" : "camera-insecure", { pick: true });
  try {
    await openCamera(video);
    guide("oval");
    enter("live");
  } catch (error) {
    withoutCamera(problemOf(error));
  }
}

function problemOf(error) {
  if (error.name === "NotAllowedError" || error.name === "SecurityError") return "camera-refused";
  if (error.name === "NotFoundError" || error.name === "OverconstrainedError") return "camera-missing";
  return "camera-busy";
}

/** A picture from the phone's camera app or library will do; a challenge then takes several, by the plain form. */
function withoutCamera(problem, { pick = false } = {}) {
  const challenged = "challenge" in form.dataset;
  enter(challenged ? "plain" : "idle");
  say(problem);
  if (pick && !challenged) pickFile({ camera: true });
}

async function shoot() {
  enter("count");
  const line = form.querySelector(".countdown");
  for (let left = COUNT_FROM; left > 0; left--) {
    line.textContent = left;
    await pause(COUNT_MS);
    if (form.dataset.state !== "count") return;
  }
  line.textContent = "";
  takePicture(video, canvas);
  form.classList.add("mirrored");
  picture = await asFile(canvas);
  enter("shot");
}

async function prove() {
  say(null);
  enter("prove");
  try {
    const asked = await beginChallenge(form.querySelector("#challenge").dataset.address, form.elements.csrfmiddlewaretoken.value);
    if (asked.answer) return show(asked.answer);
    const grab = () => (takePicture(video, canvas), asFile(canvas));
    const frames = await perform(asked.steps, { say: guide, grab });
    guide("look_straight");
    await pause(1500);
    form.classList.add("mirrored");
    await search(await grab(), { frames, challenge: asked.token });
  } catch {
    enter("idle");
    say("offline");
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
  if (!chosen || form.dataset.state === "plain") return;
  form.classList.remove("mirrored");
  const drawn = await drawPicture(chosen, canvas);
  picture = drawn ? await asFile(canvas) : chosen;
  await search(picture);
}

function again() {
  enter("idle");
  form.scrollIntoView({ block: "start" });
  if (can_use_camera) open();
}

async function search(selfie, more = {}) {
  say(null);
  enter("busy");
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
    enter(more.frames ? "idle" : "shot");
    say("offline");
  }
}

function show(answer) {
  if (!answer.querySelector("main")) {
    enter("idle");
    return say("broken");
  }
  if (!answer.querySelector("#search")) return turnAway(answer);
  for (const id of ["notice", "results", "waiting"]) {
    document.getElementById(id).replaceWith(document.adoptNode(answer.getElementById(id)));
  }
  settle();
}

/** The session was closed, or wants its PIN or the consent again: what the answer says takes the whole page's place. */
function turnAway(answer) {
  stopHints();
  stopCamera(video);
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
  enter("searched" in results.dataset ? "done" : "idle");
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
  addEventListener("pagehide", () => stopCamera(video));
  for (const part of form.querySelectorAll(".stage, .actions")) part.hidden = false;
  const results = document.querySelector("#results");
  if (form.querySelector("#challenge[data-steps]")) return enter("plain");
  enter("searched" in results.dataset ? "done" : "idle");
  if (!can_use_camera) return say(isSecureContext ? "camera-missing" : "camera-insecure");
  // Who has just agreed wants to take the picture now.
  const agreed = location.hash === "#camera";
  if (agreed) history.replaceState(null, "", location.pathname);
  if (agreed) return open();
  if (IN_APP.test(navigator.userAgent)) say("in-app");
}

watchGrid(document.querySelector("main"), document.querySelector("#viewer"));
watchWaiting();
if (form) start();
