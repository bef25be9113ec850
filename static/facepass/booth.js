// @ts-check
// A selfie by the camera for a form that takes a picture's file: what was taken lies in the form's own field, and goes
// with it. Where there is no camera for pages, the field stays as it is: it opens the phone's camera app.

import { Stage, can_use_camera } from "./stage.js";

/**
 * @param {HTMLElement} booth
 * @param {HTMLInputElement} field
 */
function watchBooth(booth, field) {
  const stage = new Stage(booth);

  async function open() {
    const problem = await stage.open();
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

/** @type {HTMLElement | null} */
const booth = document.querySelector(".booth");
/** @type {HTMLInputElement | null | undefined} */
const field = booth?.closest("form")?.querySelector('input[type="file"]');
if (booth && field && can_use_camera) watchBooth(booth, field);
