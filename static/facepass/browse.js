// All photos of a session, a page at a time: one large, with its neighbours beside it.

import { watchGrid } from "./viewer.js";

watchGrid(document.querySelector("main"), document.querySelector("#viewer"));
