// @ts-check
/* The page of an event: its guests' link is copied by a click. */

import { all, need } from "../kit/dom.js";

for (const button of all("[data-copy-link]")) {
  const field = need(`#${button.dataset.copyLink}`, document, HTMLInputElement);
  const text = button.textContent ?? "";
  // A page that came without TLS has no clipboard; what is selected can be copied by hand.
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    await navigator.clipboard?.writeText(field.value);
    if (navigator.clipboard) button.textContent = button.dataset.copied ?? text;
  });
}
