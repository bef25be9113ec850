// The stage of a form that wants a selfie: the camera with its live hints, the countdown, the picture that was taken.
// Its root also holds the buttons, each of which says in which states it is there (`data-when`), and all texts.

import { asFile, openCamera, stopCamera, takePicture } from "./camera.js";
import { watch } from "./hints.js";

const COUNT_FROM = 3;
const COUNT_MS = 700;
const CAMERA_ON = ["live", "count", "prove"];

export const can_use_camera = Boolean(navigator.mediaDevices?.getUserMedia);

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Stage {
  /** `root.dataset.look`: the address that looks at a frame. */
  constructor(root) {
    this.root = root;
    this.video = root.querySelector("video");
    this.canvas = root.querySelector("canvas");
    this.stopHints = () => {};
    for (const part of root.querySelectorAll(".stage, .actions")) part.hidden = false;
    addEventListener("pagehide", () => this.close());
  }

  get state() {
    return this.root.dataset.state;
  }

  /** idle | live (camera) | count (down) | prove (the challenge) | shot (picture taken) | busy (searching) | done
   * (results on show) | plain (the form as it is without scripts); CSS shows what belongs. */
  enter(state) {
    const pressed = document.activeElement;
    this.root.dataset.state = state;
    for (const button of this.root.querySelectorAll("[data-when]")) {
      button.hidden = !button.dataset.when.split(" ").includes(state);
    }
    this.stopHints();
    if (state === "live") {
      this.stopHints = watch(this.video, { look: (frame) => this.look(frame), say: (hint) => this.guide(hint) });
    }
    if (!CAMERA_ON.includes(state)) stopCamera(this.video);
    // Who works by keyboard goes on from the button that took this one's place.
    if (pressed?.hidden) this.root.querySelector("[data-when]:not([hidden])")?.focus();
  }

  close() {
    this.stopHints();
    stopCamera(this.video);
  }

  guide(hint) {
    const words = this.root.querySelector(`.texts [data-text="${hint}"]`)?.textContent ?? "";
    const line = this.root.querySelector(".guide");
    if (line.textContent !== words) line.textContent = words;
    this.root.dataset.hint = hint;
  }

  /** The message that has this code takes the place of the one on show; without one that goes. */
  say(code) {
    const message = this.root.querySelector(`.messages [data-code="${code}"]`);
    document.querySelector("#notice").replaceChildren(...(message ? [message.cloneNode(true)] : []));
  }

  /** The server's hint about a frame, null where it does not tell now. */
  async look(frame) {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", this.root.closest("form").elements.csrfmiddlewaretoken.value);
    body.append("selfie", frame, "frame.jpg");
    try {
      const response = await fetch(this.root.dataset.look, { method: "POST", body });
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
    const line = this.root.querySelector(".countdown");
    for (let left = COUNT_FROM; left > 0; left--) {
      line.textContent = left;
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

function problemOf(error) {
  if (error.name === "NotAllowedError" || error.name === "SecurityError") return "camera-refused";
  if (error.name === "NotFoundError" || error.name === "OverconstrainedError") return "camera-missing";
  return "camera-busy";
}
