// @ts-check
// The pages that show found photos without a search: the guest's own, and those of a shared link.

import { forgetOffline, watchConnection } from "./offline/page.js";
import { enlivenLinks } from "./sharing/links.js";
import { watchGrid } from "./viewer.js";
import { watchWaiting } from "./waiting.js";

const main = document.querySelector("main");
const viewer = /** @type {HTMLDialogElement | null} */ (document.querySelector("#viewer"));
if (main && viewer) watchGrid(main, viewer);
if (document.querySelector("#waiting")) watchWaiting();
enlivenLinks(document);
watchConnection();
if (document.querySelector("[data-forgotten]")) forgetOffline();
