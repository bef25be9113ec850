// @ts-check
// What the buttons "Share" and "Download" do with photos where scripts run. What they cannot do is left to the form:
// a link, or a ZIP.

import { MOST_FILES, canShareFiles, download, fetchPictures, openShareSheet, savesByShareSheet } from "./pictures.js";

/** What is loaded, and waits for one more press. @type {File[]} */
let ready = [];

/**
 * Return whether these photos are shared as pictures; where not, the form makes a link to them.
 * @param {string[]} addresses  Of their files; an empty one says that the studio gives none.
 */
export function isForShareSheet(addresses) {
  return addresses.length > 0 && addresses.length <= MOST_FILES && addresses.every(Boolean) && canShareFiles();
}

/**
 * Return whether these photos are saved one by one; where not, the form makes a ZIP of them.
 * @param {string[]} addresses
 */
export function isForSaving(addresses) {
  return addresses.length === 1 ? Boolean(addresses[0]) : savesByShareSheet() && isForShareSheet(addresses);
}

/**
 * Save to the phone's photos: by the share sheet where there is no other way, else as a download.
 * @param {string[]} addresses  For which `isForSaving` holds.
 */
export async function save(addresses) {
  if (savesByShareSheet() && isForShareSheet(addresses)) await share(addresses);
  else for (const address of addresses) download(address);
}

/**
 * Pass the pictures on by the share sheet.
 * @param {string[]} addresses  For which `isForShareSheet` holds.
 */
export async function share(addresses) {
  const note = dialog();
  say(note, "loading", addresses.length);
  try {
    const files = await fetchPictures(addresses);
    if (note?.dataset.state !== "loading") return; // given up meanwhile
    if ((await openShareSheet(files)) === "late") {
      ready = files;
      say(note, "ready", files.length);
      return;
    }
    note.close();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    say(note, "failed", addresses.length);
  }
}

function dialog() {
  return /** @type {HTMLDialogElement} */ (document.querySelector("#hand-over"));
}

/**
 * @param {HTMLDialogElement} note
 * @param {"loading" | "ready" | "failed"} state
 * @param {number} n
 */
function say(note, state, n) {
  note.dataset.state = state;
  const line = note.querySelector("p");
  if (line) line.textContent = (note.dataset[state] ?? "").replace("{n}", String(n));
  if (!note.open) note.showModal();
  if (state === "ready") /** @type {HTMLButtonElement} */ (note.querySelector("[data-action=share-now]")).focus();
}

/** Let the note's own buttons work. */
export function watchHandOver() {
  const note = dialog();
  note?.addEventListener("close", () => { note.dataset.state = ""; });
  note?.addEventListener("click", async (event) => {
    const action = event.target instanceof Element && event.target.closest("[data-action]")?.getAttribute("data-action");
    if (action === "share-now") await openShareSheet(ready);
    if (action) note.close();
  });
}
