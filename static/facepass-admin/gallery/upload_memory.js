// @ts-check
/* What is left of a gallery's upload, kept by the browser over a reload: paths, and handles where it gives any. */

/** @typedef {{left: string[], handles: FileSystemHandle[]}} Left */

const STORE = "uploads";

/** @returns {Promise<IDBDatabase>} */
function opened() {
  return new Promise((done, failed) => {
    const request = indexedDB.open("facepass", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} work
 * @returns {Promise<T>}
 */
async function within(mode, work) {
  const database = await opened();
  try {
    return await new Promise((done, failed) => {
      const request = work(database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });
  } finally {
    database.close();
  }
}

/**
 * Keep the paths of files that were not sent yet. A browser that keeps nothing (a private window) costs the comfort only.
 * @param {string} gallery
 * @param {Left} left
 */
export async function keep(gallery, { left, handles }) {
  try {
    if (left.length) await within("readwrite", (store) => store.put({ left, handles }, gallery));
    else await within("readwrite", (store) => store.delete(gallery));
  } catch (error) {
    console.warn("FacePass: an upload that is broken off cannot be resumed in this browser.", error);
  }
}

/**
 * @param {string} gallery
 * @returns {Promise<Left | null>}
 */
export async function kept(gallery) {
  try {
    return (await within("readonly", (store) => store.get(gallery))) ?? null;
  } catch {
    return null;
  }
}
