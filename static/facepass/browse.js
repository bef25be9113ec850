// @ts-check
// All photos of a session, a page at a time: one large, with its neighbours beside it.

import { watchConnection } from "./offline/page.js";
import { watchGrid } from "./viewer.js";

const main = document.querySelector("main");
const viewer = /** @type {HTMLDialogElement | null} */ (document.querySelector("#viewer"));
if (main && viewer) watchGrid(main, viewer);
watchConnection();
