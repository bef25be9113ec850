// The guest's page: a selfie from the camera or a file, the search, the results.
// Without this module the form posts by itself, and the answer is a whole page. With it, the same answer is fetched and
// its `#notice`, `#results` and `#waiting` take the place of those on show. All texts are in the page, translated.

import { openCamera, stopCamera, takePicture, drawPicture, asFile } from "./camera.js";
import { watchGrid } from "./viewer.js";

const form = document.querySelector("#search");
const file = form.querySelector("input[type=file]");
const video = form.querySelector("video");
const canvas = form.querySelector("canvas");
const can_use_camera = Boolean(navigator.mediaDevices?.getUserMedia);

const actions = { open, shoot, send, choose, again };

/** idle | live (camera) | shot (picture taken) | busy (searching) | done (results on show); CSS shows what belongs. */
function enter(state) {
  const pressed = document.activeElement;
  form.dataset.state = state;
  for (const button of form.querySelectorAll("[data-when]")) {
    button.hidden = !button.dataset.when.split(" ").includes(state);
  }
  if (state !== "live") stopCamera(video);
  // Who works by keyboard goes on from the button that took this one's place.
  if (pressed?.hidden) form.querySelector("[data-when]:not([hidden])")?.focus();
}

function say(code) {
  const message = form.querySelector(`.messages [data-code="${code}"]`);
  form.querySelector("#notice").replaceChildren(...(message ? [message.cloneNode(true)] : []));
}

async function open() {
  say(null);
  if (!can_use_camera) return pickFile({ camera: true });
  try {
    await openCamera(video);
    enter("live");
  } catch (error) {
    enter("idle");
    say(problemOf(error));
  }
}

function problemOf(error) {
  if (error.name === "NotAllowedError" || error.name === "SecurityError") return "camera-refused";
  if (error.name === "NotFoundError" || error.name === "OverconstrainedError") return "camera-missing";
  return "camera-busy";
}

function shoot() {
  takePicture(video, canvas);
  form.classList.add("mirrored");
  enter("shot");
}

async function send() {
  await search(await asFile(canvas));
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
  if (!chosen) return;
  form.classList.remove("mirrored");
  const drawn = await drawPicture(chosen, canvas);
  await search(drawn ? await asFile(canvas) : chosen);
}

function again() {
  enter("idle");
  form.scrollIntoView({ block: "start" });
  if (can_use_camera) open();
}

async function search(picture) {
  say(null);
  enter("busy");
  const body = new FormData();
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.append("selfie", picture, picture.name ?? "selfie.jpg");
  try {
    const response = await fetch(form.action, { method: "POST", body });
    show(new DOMParser().parseFromString(await response.text(), "text/html"));
  } catch {
    enter("idle");
    say("offline");
  }
}

function show(answer) {
  if (!answer.querySelector("#results")) {
    enter("idle");
    return say("broken");
  }
  for (const id of ["notice", "results", "waiting"]) {
    document.getElementById(id).replaceWith(document.adoptNode(answer.getElementById(id)));
  }
  settle();
}

/** Brings what the page now shows into view: the results' heading, or the form with what was wrong. */
function settle() {
  const results = document.querySelector("#results");
  enter("searched" in results.dataset ? "done" : "idle");
  aim(results);
  const next = results.querySelector("h2") ?? form.querySelector("[data-when]:not([hidden])");
  next.focus({ preventScroll: true });
  const top = form.getBoundingClientRect().top;
  if (top < 0 || top > innerHeight / 2) form.scrollIntoView({ block: "start" });
}

/** Square tiles are cut around the guest's face. */
function aim(results) {
  for (const image of results.querySelectorAll("img[data-focus]")) {
    const [across, down] = image.dataset.focus.split(" ");
    image.style.objectPosition = `${across}% ${down}%`;
  }
}

form.addEventListener("click", (event) => actions[event.target.closest("[data-action]")?.dataset.action]?.());
file.addEventListener("change", searchWithFile);
addEventListener("pagehide", () => stopCamera(video));
watchGrid(document.querySelector("main"), document.querySelector("#viewer"));

for (const part of form.querySelectorAll(".stage, .actions")) part.hidden = false;
const results = document.querySelector("#results");
aim(results);
enter("searched" in results.dataset ? "done" : "idle");
if (!can_use_camera) say(isSecureContext ? "camera-missing" : "camera-insecure");
