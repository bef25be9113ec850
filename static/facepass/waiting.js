// @ts-check
// While photos are prepared, the page says how far that is, and opens when the first of them can be searched.

const EVERY_MS = 5000;

export function watchWaiting() {
  setInterval(async () => {
    /** @type {HTMLElement | null} */
    const line = document.querySelector("#waiting[data-busy]");
    if (!line || document.hidden) return;
    try {
      const response = await fetch(line.dataset.address ?? "");
      if (response.ok) show(line, await response.json());
    } catch {
      // Without a connection the line stays as it is.
    }
  }, EVERY_MS);
}

/**
 * @param {HTMLElement} line
 * @param {{total: number, ready: number, waiting: number, text: string}} progress
 */
function show(line, { total, ready, waiting, text }) {
  const bar = document.querySelector(".preparing");
  if (bar && ready > 0) { location.reload(); return; }
  if (!line.isConnected) return;
  line.toggleAttribute("data-busy", waiting > 0 || total === 0);
  const words = line.querySelector("span");
  if (words && words.textContent !== text) words.textContent = text;
  if (!text) line.replaceChildren();
}
