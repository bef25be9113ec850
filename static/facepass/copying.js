// @ts-check
// Buttons that copy an address. They need a script, so they are hidden until there is one.

/**
 * @param {HTMLElement} button
 * @param {string} text
 */
export async function copyText(button, text) {
  await navigator.clipboard.writeText(text);
  button.textContent = button.dataset.done ?? "";
}

export function watchCopyButtons() {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    if (!(button instanceof HTMLElement)) continue;
    // On plain HTTP there is no clipboard; the address stands beside the button.
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", () => copyText(button, button.dataset.copy ?? ""));
  }
}
