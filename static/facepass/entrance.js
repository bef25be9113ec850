// @ts-check
// The page before the consent: nothing of the camera or the photos is needed yet.

import { watchCopyButtons } from "./copying.js";
import { watchWaiting } from "./waiting.js";

watchCopyButtons();
watchWaiting();
