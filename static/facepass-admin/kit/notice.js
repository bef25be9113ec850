/* One line at the foot of the page that says what happened, with the way back where there is one. */

import { made } from "./http.js";

const SHOWN_MS = 8000;
let timer = null;

export function say(text, { bad = false, label, action } = {}) {
  const line = document.querySelector("[data-notice]");
  line.replaceChildren(made("span", { text }));
  if (action) {
    const button = made("button", { text: label, type: "button", className: "fp-plain" });
    button.addEventListener("click", () => { hide(); action(); });
    line.append(button);
  }
  line.classList.toggle("fp-bad", bad);
  line.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(hide, SHOWN_MS);
}

export function hide() {
  document.querySelector("[data-notice]").hidden = true;
}
