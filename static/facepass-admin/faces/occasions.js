/* What is left to do in each photo session, live. */

import { Work } from "./work_page.js";

new Work(document.querySelector("[data-occasions]"));
