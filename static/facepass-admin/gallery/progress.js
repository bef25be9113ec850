// @ts-check
/* A gallery's progress, live, in numbers; other scripts of the page hear of each change by the event `fp-progress`. */

import { find, need } from "../kit/dom.js";
import { showState, watch } from "../kit/live.js";

/**
 * @typedef {object} Progress
 * @property {number} total
 * @property {number} pending
 * @property {number} processing
 * @property {number} processed
 * @property {number} failed
 * @property {number} faces
 * @property {number} photos_per_second
 * @property {number | null} eta_seconds
 * @property {string} blocked_by
 */

const section = find("[data-progress]");
if (section) start(section);

/** @param {HTMLElement} section */
function start(section) {
  watch({
    socket: section.dataset.socket ?? "",
    poll: section.dataset.poll ?? "",
    onEvent: (event) => {
      const progress = event.progress ?? event; // of the socket, or the answer to a question
      show(section, progress);
      section.dispatchEvent(new CustomEvent("fp-progress", { detail: progress, bubbles: true }));
    },
    onState: showState(need("[data-status]", section)),
  });
}

/**
 * @param {HTMLElement} section
 * @param {Progress} progress
 */
function show(section, progress) {
  const number = new Intl.NumberFormat(section.lang || undefined, { maximumFractionDigits: 2 });
  const bar = need("[data-bar]", section, HTMLProgressElement);
  bar.max = progress.total || 1;
  bar.value = progress.processed + progress.failed;
  const values = {
    total: number.format(progress.total),
    processed: number.format(progress.processed),
    waiting: number.format(progress.pending + progress.processing),
    failed: number.format(progress.failed),
    faces: number.format(progress.faces),
    rate: number.format(progress.photos_per_second),
    left: duration(section, progress.eta_seconds),
  };
  for (const [name, text] of Object.entries(values)) need(`[data-value="${name}"]`, section).textContent = text;
  showBlock(need("[data-blocked]", section), progress.blocked_by);
  need('[data-value="failed"]', section).classList.toggle("fp-bad", progress.failed > 0);
}

/**
 * Says what the photos wait for, by the error's code; nothing while nothing holds them up.
 * @param {HTMLElement} line
 * @param {string} code
 */
function showBlock(line, code) {
  const text = code && (line.getAttribute(`data-${code}`) ?? line.dataset.other ?? "");
  if (line.textContent !== text) line.textContent = text; // or a screen reader would read it out again
  line.hidden = !text;
}

/**
 * @param {HTMLElement} section
 * @param {number | null} seconds
 */
function duration(section, seconds) {
  if (seconds === null || seconds === 0) return "–";
  const { second, minute, hour } = section.dataset;
  if (seconds < 90) return `${Math.ceil(seconds)} ${second}`;
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} ${minute}`;
  return `${(seconds / 3600).toFixed(1)} ${hour}`;
}
