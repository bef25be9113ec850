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
 * @param {{total: number, ready: number, waiting: number, title: string, number: string, text: string}} progress
 */
function show(line, { total, ready, waiting, title, number, text }) {
  const preparing = document.querySelector(".preparing");
  if (preparing && ready > 0) { location.reload(); return; }
  if (!line.isConnected) return;
  line.toggleAttribute("data-busy", waiting > 0 || total === 0);
  write(preparing?.querySelector("h2"), title);
  preparing?.querySelector("progress")?.toggleAttribute("hidden", total === 0);
  write(document.querySelector("#number"), number);
  write(line.querySelector("span"), text);
  if (!text) line.replaceChildren();
}

/**
 * @param {Element | null | undefined} element
 * @param {string} words  Written only where they changed, so that screen readers do not say them again.
 */
function write(element, words) {
  if (element && element.textContent !== words) element.textContent = words;
}
