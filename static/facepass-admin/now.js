// @ts-check
/* The first page's numbers, asked again while somebody looks at them. The server draws them. */

import { find, need } from "./kit/dom.js";
import { getText } from "./kit/http.js";
import { poll } from "./kit/live.js";

const EVERY_MS = 3000;

const section = find("[data-now]");
if (section) start(section);

/** @param {HTMLElement} section */
function start(section) {
  const trouble = need("[data-trouble]", section);
  const part = need("[data-part]", section);
  poll(async () => (document.hidden ? null : getText(section.dataset.now ?? "")), {
    every: EVERY_MS,
    onAnswer: (text) => {
      if (text !== null && !part.contains(document.activeElement)) part.innerHTML = text;
      trouble.hidden = true;
    },
    onLost: () => {
      trouble.textContent = section.dataset.lost ?? "";
      trouble.hidden = false;
    },
  });
}
