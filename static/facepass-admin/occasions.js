/* What is left to do in each photo session, live. */

import { Work } from "./work.js";

new Work(document.querySelector("[data-occasions]"));
