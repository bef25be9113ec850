// @ts-check
// Showing that one is there: what the server asks for, step by step, and a frame or two of each.

import { pause } from "./stage.js";

// How long each step is on show, and when in that time its frames are taken.
const STEP_MS = 2600;
const FRAMES_AT_MS = [1700, 2500];

/**
 * Ask for a challenge. Return it, or the document that came instead.
 * @param {string} address
 * @param {string} token the form's own, against forged requests
 * @returns {Promise<{token: string, steps: string[]} | {answer: Document}>}
 */
async function beginChallenge(address, token) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", token);
  const response = await fetch(address, { method: "POST", body });
  const answer = new DOMParser().parseFromString(await response.text(), "text/html");
  /** @type {HTMLElement | null} */
  const asked = answer.querySelector("#challenge[data-steps]");
  /** @type {HTMLInputElement | null | undefined} */
  const field = asked?.querySelector("[name=challenge]");
  if (!asked || !field) return { answer };
  return { token: field.value, steps: (asked.dataset.steps ?? "").split(" ") };
}

/**
 * Have the guest do what the server asks for, and take the selfie. Return what goes to the server, or the document that
 * came instead of a challenge.
 * @param {import("./stage.js").Stage} stage whose camera is on
 * @param {{address: string, token: string}} form where challenges come from, and its token against forged requests
 * @returns {Promise<{selfie: Blob, frames: Blob[], challenge: string} | {answer: Document}>}
 */
export async function proveOn(stage, { address, token }) {
  stage.say(null);
  stage.enter("prove");
  const asked = await beginChallenge(address, token);
  if ("answer" in asked) return asked;
  const frames = await perform(asked.steps, { say: (hint) => stage.guide(hint), grab: () => stage.grab() });
  stage.guide("look_straight");
  await pause(1500);
  return { selfie: await stage.grab(), frames, challenge: asked.token };
}

/**
 * Return the frames, first one of a face at rest.
 * @param {string[]} steps
 * @param {{say: (step: string) => void, grab: () => Promise<Blob>}} options `say` shows what to do
 * @returns {Promise<Blob[]>}
 */
async function perform(steps, { say, grab }) {
  /** @type {Blob[]} */
  const frames = [];
  for (const step of ["look_straight", ...steps]) {
    say(step);
    let passed = 0;
    // Of the first, one is enough: it is what the others are compared with.
    for (const at of frames.length ? FRAMES_AT_MS : FRAMES_AT_MS.slice(1)) {
      await pause(at - passed);
      passed = at;
      frames.push(await grab());
    }
    await pause(STEP_MS - passed);
  }
  return frames;
}
