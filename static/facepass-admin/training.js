// @ts-check
/* How far a training, or a change of names, is: asks the task every second, and loads the page anew when it is over. */

import { all, need } from "./kit/dom.js";
import { get } from "./kit/http.js";
import { poll } from "./kit/live.js";

const POLL_MS = 1000;
const OVER = new Set(["done", "failed", "cancelled"]);

all("[data-training]").forEach(start);

/** @param {HTMLElement} section */
function start(section) {
  const bar = need("[data-bar]", section, HTMLProgressElement);
  const stop = poll(() => get(section.dataset.poll ?? ""), {
    every: POLL_MS,
    onAnswer: (task) => {
      if (OVER.has(task.state)) { stop(); location.reload(); return; }
      bar.value = task.progress.done;
      need("[data-percent]", section).textContent = task.progress.done;
      showLost(section, false);
    },
    onLost: () => showLost(section, true),
  });
}

/**
 * @param {HTMLElement} section
 * @param {boolean} isLost
 */
function showLost(section, isLost) {
  need("[data-status]", section).dataset.state = isLost ? "lost" : "live";
  need("[data-lost]", section).hidden = !isLost;
}
