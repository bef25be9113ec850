// @ts-check
// The buttons of a link that a guest passes on: the phone's share sheet, and copying it. All texts are in the page.

/**
 * Show the buttons that need a script, for all links inside `root`.
 * @param {ParentNode} root
 */
export function enlivenLinks(root) {
  for (const box of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(".sendable"))) enliven(box);
}

/** @param {HTMLElement} box */
function enliven(box) {
  const field = /** @type {HTMLInputElement} */ (box.querySelector("input.address"));
  const send = /** @type {HTMLButtonElement} */ (box.querySelector("[data-action=send]"));
  const copy = /** @type {HTMLButtonElement} */ (box.querySelector("[data-action=copy]"));
  field.addEventListener("focus", () => field.select());
  send.hidden = typeof navigator.share !== "function";
  send.addEventListener("click", () => sendLink(box.dataset.words ?? "", box.dataset.address ?? ""));
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    const done = await copyText(box.dataset.address ?? "", field);
    const words = (done ? copy.dataset.done : copy.dataset.failed) ?? "";
    for (const place of box.querySelectorAll("[data-action=copy] span, .heard")) place.textContent = words;
  });
}

/**
 * @param {string} text
 * @param {string} url
 */
async function sendLink(text, url) {
  try {
    await navigator.share({ text, url });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error; // else the guest closed the sheet
  }
}

/**
 * Return whether the text is in the clipboard. On plain HTTP a page may only copy what is marked in it.
 * @param {string} text
 * @param {HTMLInputElement} field  Holds the same text.
 */
export async function copyText(text, field) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    field.focus();
    field.select();
    return document.execCommand("copy");
  }
}
