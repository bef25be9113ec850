// @ts-check
/* One key for each thing that is done often; `?` shows them. Keys typed into a field are the field's. */

import { closest, find } from "./dom.js";

/** What a key does. Returning false leaves the key to the browser. @typedef {(event: KeyboardEvent) => unknown} Action */

/**
 * Call `actions[key]` for keys that are pressed outside of fields and dialogs. Enter and Space on a link, a button or
 * a box to tick are that control's, unless it matches `own`.
 * @param {Record<string, Action>} actions by the name that `keyOf` returns
 * @param {{own?: string}} [options]
 */
export function bindKeys(actions, { own } = {}) {
  const help = /** @type {HTMLDialogElement | null} */ (find("dialog[data-keys]"));
  find("[data-show-keys]")?.addEventListener("click", () => help?.showModal());
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || isCommand(event) || isTyping(event.target)) return;
    if (event.key === "?" && help) {
      event.preventDefault();
      if (help.open) help.close();
      else help.showModal();
      return;
    }
    if (find("dialog[open]")) return;
    const key = keyOf(event);
    if ((key === "Enter" || key === " ") && isControl(event, own)) return;
    const action = Object.hasOwn(actions, key) ? actions[key] : undefined;
    if (action && action(event) !== false) event.preventDefault();
  });
}

/**
 * Return the name of a key, a letter in lower case. It is what is printed on the key, wherever that key lies (AZERTY has
 * its A where QWERTY has its Q). Letters of another script (ЙЦУКЕН) go by their place, as those keyboards have Latin
 * letters printed beside; and the row of digits gives digits also where they need Shift.
 * @param {Pick<KeyboardEvent, "key" | "code" | "shiftKey">} event
 */
export function keyOf({ key, code, shiftKey }) {
  if (key.length !== 1) return key;
  const place = /^(?:Key([A-Z])|Digit([0-9]))$/.exec(code);
  if (place?.[1] && /\p{L}/u.test(key) && !/\p{Script=Latin}/u.test(key)) return place[1].toLowerCase();
  if (place?.[2] && !shiftKey && !/[0-9]/.test(key)) return place[2];
  return key.toLowerCase();
}

/** @param {KeyboardEvent} event */
function isCommand(event) {
  return event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.getModifierState("AltGraph");
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  const field = target instanceof Element ? target.closest("input, textarea, select, [contenteditable]") : null;
  return field !== null && !field.matches("input[type=checkbox], input[type=radio], input[type=button], input[type=submit]");
}

/**
 * @param {KeyboardEvent} event
 * @param {string | undefined} own
 */
function isControl(event, own) {
  const control = closest(event, "a, button, summary, input, [role=button]");
  return control !== null && !(own && control.matches(own));
}
