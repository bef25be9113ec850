// @ts-check
// The stage of a form that wants a selfie: the camera with its live hints, the countdown, the picture that was taken.
// Its root also holds the buttons, each of which says in which states it is there (`data-when`), and all texts.

import { asFile, openCamera, stopCamera, takePicture } from "./camera.js";
import { watch } from "./hints.js";

const COUNT_FROM = 3;
const COUNT_MS = 700;
/** @type {(string | undefined)[]} */
const CAMERA_ON = ["live", "count", "prove"];

export const can_use_camera = Boolean(navigator.mediaDevices?.getUserMedia);

/**
 * @param {number} ms
 * @returns {Promise<void>}
 */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Stage {
  /** @param {HTMLElement} root `data-look`: the address that looks at a frame */
  constructor(root) {
    this.root = root;
    this.video = /** @type {HTMLVideoElement} */ (root.querySelector("video"));
    this.canvas = /** @type {HTMLCanvasElement} */ (root.querySelector("canvas"));
    this.guideLine = /** @type {HTMLElement} */ (root.querySelector(".guide"));
    this.stopHints = () => {};
    for (const part of elements(root, ".stage, .actions")) part.hidden = false;
    addEventListener("pagehide", () => this.close());
  }

  get state() {
    return this.root.dataset.state;
  }

  /**
   * idle | live (camera) | count (down) | prove (the challenge) | shot (picture taken) | busy (searching) | done
   * (results on show) | plain (the form as it is without scripts); CSS shows what belongs.
   * @param {string} state
   */
  enter(state) {
    const pressed = document.activeElement;
    this.root.dataset.state = state;
    for (const button of elements(this.root, "[data-when]")) {
      button.hidden = !button.dataset.when?.split(" ").includes(state);
    }
    this.stopHints();
    if (state === "live") {
      this.stopHints = watch(this.video, { look: (frame) => this.look(frame), say: (hint) => this.guide(hint) });
    }
    if (!CAMERA_ON.includes(state)) stopCamera(this.video);
    // Who works by keyboard goes on from the button that took this one's place.
    if (pressed instanceof HTMLElement && pressed.hidden) elements(this.root, "[data-when]:not([hidden])")[0]?.focus();
  }

  close() {
    this.stopHints();
    stopCamera(this.video);
  }

  /** @param {string} hint */
  guide(hint) {
    const words = this.root.querySelector(`.texts [data-text="${hint}"]`)?.textContent ?? "";
    if (this.guideLine.textContent !== words) this.guideLine.textContent = words;
    this.root.dataset.hint = hint;
  }

  /**
   * The message that has this code takes the place of the one on show; without one that goes.
   * @param {string | null} code
   */
  say(code) {
    const message = this.root.querySelector(`.messages [data-code="${code}"]`);
    document.querySelector("#notice")?.replaceChildren(...(message ? [message.cloneNode(true)] : []));
  }

  /**
   * Return the server's hint about a frame, null where it does not tell now.
   * @param {Blob} frame
   * @returns {Promise<string | null>}
   */
  async look(frame) {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", tokenOf(this.root.closest("form")));
    body.append("selfie", frame, "frame.jpg");
    try {
      const response = await fetch(this.root.dataset.look ?? "", { method: "POST", body });
      return response.ok ? (await response.json()).hint : null;
    } catch {
      return null;
    }
  }

  /** Shows the camera: null, or the code of what is in the way. */
  async open() {
    try {
      await openCamera(this.video);
    } catch (error) {
      return problemOf(error);
    }
    this.guide("oval");
    this.enter("live");
    return null;
  }

  /** The picture after a countdown; null where the stage was left meanwhile. */
  async shoot() {
    this.enter("count");
    const line = /** @type {HTMLElement} */ (this.root.querySelector(".countdown"));
    for (let left = COUNT_FROM; left > 0; left--) {
      line.textContent = String(left);
      await pause(COUNT_MS);
      if (this.state !== "count") return null;
    }
    line.textContent = "";
    const picture = await this.grab();
    this.enter("shot");
    return picture;
  }

  /** What the camera sees now; on show as in a mirror. */
  grab() {
    takePicture(this.video, this.canvas);
    this.root.classList.add("mirrored");
    return asFile(this.canvas);
  }
}

/**
 * Return the form's own token against forged requests.
 * @param {HTMLFormElement | null} form
 */
export function tokenOf(form) {
  /** @type {HTMLInputElement | null | undefined} */
  const field = form?.querySelector("[name=csrfmiddlewaretoken]");
  return field?.value ?? "";
}

/**
 * @param {HTMLElement} root
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
function elements(root, selector) {
  return [...root.querySelectorAll(/** @type {"div"} */ (selector))];
}

/** @param {unknown} error */
function problemOf(error) {
  const { name } = /** @type {Error} */ (error);
  if (name === "NotAllowedError" || name === "SecurityError") return "camera-refused";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "camera-missing";
  return "camera-busy";
}
