// @ts-check
// The pages of one event on this device, without a connection: what a guest has seen, and nothing else.
// Served as /s/CODE/worker.js, so that it sees the pages below /s/CODE/ and what they fetch. The network always comes
// first: for pictures, styles and scripts this worker steps in only where there is no connection, and the page tells it
// what it shows (page.js). What is kept is one guest's: each answer says whose page it is and which guests are still on the device, and
// what was kept for others is deleted. Only what is asked for by GET is looked at: no PIN, no consent, no selfie.

/**
 * As much of a worker's surroundings as is used here; TypeScript knows those of pages alone.
 * @typedef {Event & {waitUntil: (task: Promise<unknown>) => void}} LastingEvent
 * @typedef {LastingEvent & {request: Request, respondWith: (answer: Promise<Response>) => void}} RequestEvent
 * @typedef {LastingEvent & {data: {seen?: string[]}}} SeenEvent
 * @typedef {object} WorkerScope
 * @property {ServiceWorkerRegistration} registration
 * @property {Location} location
 * @property {Navigator} navigator
 * @property {() => Promise<void>} skipWaiting
 * @property {{claim: () => Promise<void>}} clients
 * @property {(name: string, listener: (event: any) => void) => void} addEventListener
 */
/** Takes what goes on after an answer. @typedef {(task: Promise<unknown>) => void} Later */
/** @typedef {(name: string, url: URL, response: Response) => Promise<void>} Keep */
const worker = /** @type {WorkerScope} */ (/** @type {unknown} */ (self));

const MOST_PICTURES = 400, MOST_BYTES = 60_000_000;
const SCOPE = new URL(worker.registration.scope).pathname;
// Names of caches: this and the guest's id, or "static".
const PREFIX = `facepass ${SCOPE} `;
const STATIC = `${PREFIX}static`;

const PAGES = new RegExp(`^${SCOPE}([0-9a-f]{8}/)?(photos/)?$`);
const PICTURES = /^\/found\/([0-9a-f-]{36})\/[0-9a-f-]{36}\/(thumbnail|preview)$/;
const STATICS = new RegExp(`^(/static/|${SCOPE}(brand\\.css|logo)$)`);
// What a page names in its head. Without all of it, it could not be used.
const PARTS = /(?:href|src)="(\/static\/[^"]+\.(?:js|css|svg))"/g;
// Pages that end with a guest leaving the device.
const LEAVING = new RegExp(`^${SCOPE}([0-9a-f]{8}/)?(forget|withdraw|done)/$`);

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (/** @type {LastingEvent} */ event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener("fetch", (/** @type {RequestEvent} */ event) => {
  const { request } = event, url = new URL(request.url);
  if (url.origin !== worker.location.origin) return;
  if (request.method !== "GET") {
    if (LEAVING.test(url.pathname)) event.waitUntil(forget([]));
    return;
  }
  if (worker.navigator.onLine && !PAGES.test(url.pathname)) return;
  const answer = answerTo(request, url, (task) => event.waitUntil(task));
  if (answer) event.respondWith(answer);
});

// What is on show comes from the browser's own cache, where it is still there.
worker.addEventListener("message", (/** @type {SeenEvent} */ event) => {
  const keep = async () => {
    for (const address of event.data.seen ?? []) {
      const request = new Request(address, { cache: PAGES.test(new URL(address).pathname) ? "default" : "force-cache" });
      /** @type {Promise<unknown>[]} */
      const tasks = [];
      await answerTo(request, new URL(request.url), (task) => tasks.push(task))?.catch(() => {});
      await Promise.all(tasks);
    }
  };
  event.waitUntil(keep());
});

/**
 * Return the answer to a request that concerns this worker.
 * @param {Request} request
 * @param {URL} url
 * @param {Later} later
 */
function answerTo(request, url, later) {
  const picture = PICTURES.exec(url.pathname);
  if (PAGES.test(url.pathname)) return page(request, url, later);
  if (picture && !url.searchParams.has("download")) return fetchOr(request, url, PREFIX + picture[1], keepPicture, later);
  if (STATICS.test(url.pathname)) return fetchOr(request, url, STATIC, keepStatic, later);
  return null;
}

/**
 * @param {Request} request
 * @param {URL} url
 * @param {Later} later
 */
async function page(request, url, later) {
  let response;
  try {
    response = await fetch(request);
  } catch (error) {
    const kept = await findPage(url);
    if (kept) return kept;
    throw error;
  }
  later(keepPage(url, response.clone()));
  return response;
}

/**
 * @param {URL} url
 * @param {Response} response
 */
async function keepPage(url, response) {
  if (response.type === "opaqueredirect" || response.redirected || response.status >= 500) return;
  const guest = response.headers.get("X-Guest"), guests = (response.headers.get("X-Guests") ?? "").split(" ").filter(Boolean);
  await forget(guests);
  if (!guest || !response.ok) return;
  const cache = await caches.open(PREFIX + guest);
  const parts = (await response.clone().text()).matchAll(PARTS);
  await cache.put(url.href, response);
  await Promise.all([...parts].map(([, path]) => keepPart(new URL(path ?? "", url))));
}

/**
 * A script or style that the page names, unless it is there: its name says which version it is.
 * @param {URL} url
 */
async function keepPart(url) {
  const cache = await caches.open(STATIC);
  if (await cache.match(url.href)) return;
  const response = await fetch(new Request(url.href, { cache: "force-cache" }));
  if (response.ok) await cache.put(url.href, response);
}

/**
 * The page of that address, else the same guest's page with other photos.
 * @param {URL} url
 */
async function findPage(url) {
  const ours = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  for (const options of [{}, { ignoreSearch: true }]) {
    for (const address of [url.href, otherPage(url)]) {
      for (const name of ours) {
        const kept = await (await caches.open(name)).match(address, options);
        if (kept) return kept;
      }
    }
  }
  return null;
}

/**
 * Results have two addresses: the guest's own page, and that with filters.
 * @param {URL} url
 */
function otherPage(url) {
  const path = url.pathname.endsWith("/photos/") ? url.pathname.slice(0, -"photos/".length) : `${url.pathname}photos/`;
  return url.origin + path;
}

/**
 * @param {Request} request
 * @param {URL} url
 * @param {string} name  Of the cache.
 * @param {Keep} keep
 * @param {Later} later
 */
async function fetchOr(request, url, name, keep, later) {
  try {
    const response = await fetch(request);
    if (response.ok && response.type === "basic") later(keep(name, url, response.clone()));
    return response;
  } catch (error) {
    const kept = (await caches.has(name)) && (await (await caches.open(name)).match(keyOf(url)));
    if (kept) return kept;
    throw error;
  }
}

/**
 * Pictures are kept by guest and photo: the rest of their addresses changes every half hour.
 * @param {URL} url
 */
function keyOf(url) {
  return PICTURES.test(url.pathname) ? url.origin + url.pathname : url.href;
}

/** @type {Keep} */
async function keepPicture(name, url, response) {
  if (!(await caches.has(name))) return; // the guest has left meanwhile
  const cache = await caches.open(name), key = keyOf(url);
  const had = await cache.match(key);
  if (had && had.headers.get("Content-Length") === response.headers.get("Content-Length")) return;
  await cache.put(key, response);
  await trim(cache);
}

/** @type {Keep} */
async function keepStatic(name, url, response) {
  await (await caches.open(name)).put(keyOf(url), response);
}

/**
 * Delete the pictures that were kept first, until the rest is few and small enough.
 * @param {Cache} cache
 */
async function trim(cache) {
  const pictures = (await cache.keys()).filter((request) => PICTURES.test(new URL(request.url).pathname));
  let [number, bytes] = [0, 0];
  for (const request of pictures.reverse()) {
    const kept = await cache.match(request);
    number += 1;
    bytes += Number(kept?.headers.get("Content-Length") ?? 0);
    if (number > MOST_PICTURES || bytes > MOST_BYTES) await cache.delete(request);
  }
}

/**
 * Delete what was kept for guests of this event who are none of these.
 * @param {string[]} guests
 */
async function forget(guests) {
  const kept = [STATIC, ...guests.map((guest) => PREFIX + guest)];
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && !(guests.length && kept.includes(name)));
  await Promise.all(names.map((name) => caches.delete(name)));
}
