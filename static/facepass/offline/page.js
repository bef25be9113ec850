// @ts-check
// What an open page does for the time without a connection: it says that there is none, and has what it shows kept
// (worker.js). Where browsers have no workers, as on plain HTTP, only the former.

const SETTLED_MS = 1000;

/** Watch the connection and the results of this page. */
export function watchConnection() {
  /** @type {HTMLElement | null} */
  const note = document.querySelector("#offline");
  if (!note) return;
  const show = () => { note.hidden = navigator.onLine; };
  for (const name of ["online", "offline"]) addEventListener(name, show);
  show();
  const address = note.dataset.worker ?? "";
  const scope = address.slice(0, address.lastIndexOf("/") + 1);
  if ("serviceWorker" in navigator && scope && location.pathname.startsWith(scope)) keepSeen(address);
}

/** @param {string} address  Of the worker. */
async function keepSeen(address) {
  await navigator.serviceWorker.register(address);
  const { active } = await navigator.serviceWorker.ready;
  /** @type {Set<string>} */
  const told = new Set();
  // The worker has seen this page come, unless it is newer than the page.
  if (navigator.serviceWorker.controller) told.add(ownAddress());
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const tell = () => {
    const seen = seenAddresses().filter((each) => !told.has(each));
    for (const each of seen) told.add(each);
    if (seen.length && navigator.onLine) active?.postMessage({ seen });
  };
  const tellSoon = () => { clearTimeout(timer); timer = setTimeout(tell, SETTLED_MS); };
  tell();
  document.addEventListener("load", tellSoon, { capture: true });
  // The results may be others by now, without another page.
  const renewed = () => { told.delete(ownAddress()); tellSoon(); };
  const main = document.querySelector("main");
  if (main) new MutationObserver(renewed).observe(main, { childList: true });
}

const ownAddress = () => location.href.replace(location.hash, "");

/** The page, its styles and scripts, and the pictures that are on it by now. */
function seenAddresses() {
  /** @type {NodeListOf<HTMLImageElement>} */
  const images = document.querySelectorAll(".grid img, #viewer[data-state=shown] .slide img");
  const pictures = [...images].filter((image) => image.complete && image.naturalWidth).map((image) => image.currentSrc);
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const parts = loaded.filter((name) => /\.(js|css|svg)$|\/logo$/.test(new URL(name).pathname));
  return [ownAddress(), ...parts, ...pictures];
}

/** Delete all that was kept on this device: its guest was forgotten. */
export async function forgetOffline() {
  if (!("caches" in self)) return;
  const names = (await caches.keys()).filter((name) => name.startsWith("facepass /s/"));
  await Promise.all(names.map((name) => caches.delete(name)));
}
