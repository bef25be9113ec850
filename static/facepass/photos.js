// @ts-check
// The pages that show found photos without a search: the guest's own, and those of a shared link.

import { watchGrid } from "./viewer.js";

const main = document.querySelector("main");
const viewer = /** @type {HTMLDialogElement | null} */ (document.querySelector("#viewer"));
if (main && viewer) watchGrid(main, viewer);

// A link that is to be copied is selected by the first tap.
for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input.address"))) {
  field.addEventListener("focus", () => field.select());
}
