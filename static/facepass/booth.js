// @ts-check
// A selfie by the camera for a form that takes a picture's file: what was taken lies in the form's own field, and goes
// with it. The field itself opens the phone's library of pictures. Where there is no camera for pages, or it was refused,
// the button opens the phone's camera app.

import { Stage, can_use_camera } from "./stage.js";

/**
 * @param {HTMLElement} booth
 * @param {HTMLInputElement} field
 */
function watchBooth(booth, field) {
  const stage = new Stage(booth);
  let hasCamera = can_use_camera;

  async function open() {
    if (!hasCamera) { openCameraApp(field); return; }
    const problem = await stage.open();
    hasCamera = !problem;
    if (problem) stage.enter("idle");
    else field.value = "";
    stage.say(problem);
  }

  async function shoot() {
    const picture = await stage.shoot();
    if (picture) put(picture, field);
  }

  /** @type {Record<string, () => void>} */
  const actions = { open, shoot };
  booth.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-action]");
    if (button instanceof HTMLElement) actions[button.dataset.action ?? ""]?.();
  });
  field.addEventListener("change", () => stage.enter("idle"));
  stage.enter("idle");
  booth.hidden = false;
}

/**
 * @param {Blob} picture
 * @param {HTMLInputElement} field
 */
function put(picture, field) {
  const chosen = new DataTransfer();
  chosen.items.add(new File([picture], "selfie.jpg", { type: picture.type }));
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
/** @type {HTMLInputElement | null | undefined} */
const field = booth?.closest("form")?.querySelector('input[type="file"]');
if (booth && field) watchBooth(booth, field);
