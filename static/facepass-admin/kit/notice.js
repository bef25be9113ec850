// @ts-check
/* One line at the foot of the page that says what happened, with the way back where there is one. */

import { make, need, word } from "./dom.js";

const SHOWN_MS = 8000;
/* Who is to decide, or to read what went wrong, has more time. */
const SHOWN_LONGER_MS = 20000;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * Show the text until the next one, or for some seconds.
 * @param {string} text
 * @param {{bad?: boolean, undo?: () => void}} [options]
 */
export function notify(text, { bad = false, undo } = {}) {
  const line = need("[data-notice]");
  line.replaceChildren(make("span", { text }));
  if (undo) line.append(undoButton(undo));
  line.classList.toggle("fp-bad", bad);
  line.hidden = !text;
  hideIn(line, undo || bad ? SHOWN_LONGER_MS : SHOWN_MS);
}

export function hideNotice() {
  clearTimeout(timer);
  need("[data-notice]").hidden = true;
}

/** @param {() => void} undo */
function undoButton(undo) {
  const button = make("button", { type: "button", className: "fp-plain" }, word("undoLabel"), " ", make("kbd", { text: "U" }));
  button.addEventListener("click", () => { hideNotice(); undo(); });
  return button;
}

/**
 * Not while somebody is at it.
 * @param {HTMLElement} line
 * @param {number} ms
 */
function hideIn(line, ms) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (line.matches(":hover, :focus-within")) hideIn(line, ms);
    else hideNotice();
  }, ms);
}
