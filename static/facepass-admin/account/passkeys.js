// @ts-check
/* Forms that make or use a passkey: the browser answers the server's challenge, and the form carries the answer. */

import { all, need } from "../kit/dom.js";
import { post, Refusal } from "../kit/http.js";

/** Whether the browser takes and gives WebAuthn's JSON (all of 2025 and later do). */
const isKnown = typeof PublicKeyCredential !== "undefined" && "parseRequestOptionsFromJSON" in PublicKeyCredential;

for (const form of all("form[data-passkey]")) {
  if (!(form instanceof HTMLFormElement) || !isKnown) continue;
  form.hidden = false;
  form.addEventListener("submit", (event) => { event.preventDefault(); void answer(form); });
}

/** @param {HTMLFormElement} form */
async function answer(form) {
  show(form, "");
  try {
    const { publicKey } = await post(form.dataset.options ?? "", {});
    const credential = await ask(form.dataset.passkey ?? "", publicKey);
    need("[name=answer]", form, HTMLInputElement).value = JSON.stringify(credential);
    form.submit();
  } catch (error) {
    show(form, error instanceof Refusal ? error.message : (form.dataset.refused ?? ""));
  }
}

/**
 * @param {string} what "create" or "get"
 * @param {any} options as the server wrote them
 */
function ask(what, options) {
  return what === "create"
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

/**
 * @param {HTMLFormElement} form
 * @param {string} text
 */
function show(form, text) {
  const line = need("[data-error]", form);
  line.textContent = text;
  line.hidden = !text;
}
