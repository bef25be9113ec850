// The pages that show found photos without a search: the guest's own, and those of a shared link.

import { watchGrid } from "./viewer.js";

const viewer = document.querySelector("#viewer");
if (viewer) watchGrid(document.querySelector("main"), viewer);

// A link that is to be copied is selected by the first tap.
for (const field of document.querySelectorAll("input.address")) {
  field.addEventListener("focus", () => field.select());
}
