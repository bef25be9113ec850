/* A gallery's progress, live, in numbers; other scripts of the page hear of each change by the event `fp-progress`. */

import { shows, watch } from "../kit/live.js";

const section = document.querySelector("[data-progress]");
if (section) {
  watch({
    ...section.dataset,
    onEvent: (event) => {
      const progress = event.progress ?? event; // of the socket, or the answer to a question
      show(section, progress);
      section.dispatchEvent(new CustomEvent("fp-progress", { detail: progress, bubbles: true }));
    },
    onState: shows(section.querySelector("[data-status]")),
  });
}

function show(section, progress) {
  const number = new Intl.NumberFormat(section.lang || undefined, { maximumFractionDigits: 2 });
  const done = progress.processed + progress.failed;
  const bar = section.querySelector("[data-bar]");
  bar.max = progress.total || 1;
  bar.value = done;
  const values = {
    total: number.format(progress.total),
    processed: number.format(progress.processed),
    waiting: number.format(progress.pending + progress.processing),
    failed: number.format(progress.failed),
    faces: number.format(progress.faces),
    rate: number.format(progress.photos_per_second),
    left: duration(section, progress.eta_seconds),
  };
  for (const [name, text] of Object.entries(values)) {
    section.querySelector(`[data-value="${name}"]`).textContent = text;
  }
  section.querySelector('[data-value="failed"]').classList.toggle("fp-bad", progress.failed > 0);
}

function duration(section, seconds) {
  if (seconds === null || seconds === 0) return "–";
  const { second, minute, hour } = section.dataset;
  if (seconds < 90) return `${Math.ceil(seconds)} ${second}`;
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} ${minute}`;
  return `${(seconds / 3600).toFixed(1)} ${hour}`;
}
