// @ts-check
// A selfie by the camera for a form that takes a picture's file: what was taken lies in the form's own field, and goes
// with it. The field itself opens the phone's library of pictures. Where there is no camera for pages, or it was refused,
// the button opens the phone's camera app.
// A form may want the challenge (`data-challenge`): then the frames of it go with the selfie. Without a camera for pages
// it is done with pictures, by the form as it is without scripts.

import { proveOn } from "./challenge.js";
import { Stage, can_use_camera, tokenOf } from "./stage.js";

/**
 * @param {HTMLElement} booth
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement} field
 */
function watchBooth(booth, form, field) {
  const stage = new Stage(booth);
  const challenged = "challenge" in booth.dataset;
  let hasCamera = can_use_camera;

  async function open() {
    if (!hasCamera && !challenged) { openCameraApp(field); return; }
    const problem = await stage.open();
    hasCamera = !problem;
    if (problem) stage.enter("idle");
    else field.value = "";
    if (challenged) offerPictures(form, !hasCamera);
    stage.say(problem);
  }

  async function shoot() {
    const picture = await stage.shoot();
    if (picture) put([picture], field);
  }

  async function prove() {
    try {
      const address = form.querySelector("#challenge")?.getAttribute("data-address") ?? "";
      const proof = await proveOn(stage, { address, token: tokenOf(form) });
      if ("answer" in proof) { location.reload(); return; }
      keepProof(form, proof);
      stage.enter("shot");
    } catch {
      stage.enter("idle");
      stage.say("offline");
    }
  }

  /** @type {Record<string, () => void>} */
  const actions = { open, shoot, prove };
  booth.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-action]");
    if (button instanceof HTMLElement) actions[button.dataset.action ?? ""]?.();
  });
  field.addEventListener("change", () => stage.enter("idle"));
  stage.enter("idle");
  if (challenged) offerPictures(form, !hasCamera);
  booth.hidden = challenged && !hasCamera;
}

/**
 * Show the way to the challenge with pictures, or hide it.
 * @param {HTMLFormElement} form
 * @param {boolean} offered
 */
function offerPictures(form, offered) {
  /** @type {HTMLElement | null} */
  const way = form.querySelector("[data-without-camera]");
  if (way) way.hidden = !offered;
}

/**
 * Have the proof go with the form, which is complete now.
 * @param {HTMLFormElement} form
 * @param {{selfie: Blob, frames: Blob[], challenge: string}} proof
 */
function keepProof(form, { selfie, frames, challenge }) {
  /** @type {NodeListOf<HTMLInputElement>} */
  const fields = form.querySelectorAll("[data-of-camera]");
  for (const field of fields) {
    field.disabled = false;
    if (field.name === "challenge") field.value = challenge;
    else put(field.name === "frames" ? frames : [selfie], field);
  }
  /** @type {HTMLElement | null} */
  const rest = form.querySelector("[data-proven]");
  if (rest) rest.hidden = false;
}

/**
 * @param {Blob[]} pictures
 * @param {HTMLInputElement} field
 */
function put(pictures, field) {
  const chosen = new DataTransfer();
  for (const picture of pictures) chosen.items.add(new File([picture], "selfie.jpg", { type: picture.type }));
  field.files = chosen.files;
}

/** @param {HTMLInputElement} field  Is asked for the camera this once, and for the library when it is pressed itself. */
function openCameraApp(field) {
  field.setAttribute("capture", "user");
  field.click();
  field.removeAttribute("capture");
}

/** @type {HTMLElement | null} */
const booth = document.querySelector(".booth");
const form = booth?.closest("form");
/** @type {HTMLInputElement | null | undefined} */
const field = form?.querySelector('input[name="selfie"]');
if (booth && form && field) watchBooth(booth, form, field);
