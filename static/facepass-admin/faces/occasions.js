// @ts-check
/* What is left to do in each photo session, live. */

import { need } from "../kit/dom.js";
import { WorkPage } from "./work_page.js";

new WorkPage(need("[data-occasions]"));
