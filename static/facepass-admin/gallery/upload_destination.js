// @ts-check
/* Where a file goes: to the gallery of the page or, on the page of an event, to that of its folder, which is made by the
way. */

import { find, readJson } from "../kit/dom.js";
import { post } from "../kit/http.js";

/** Addresses that take the files of one gallery, by their names. @typedef {Record<string, string>} Paths */

/**
 * Return a function from a file's path to the addresses that take it. It throws a Refusal.
 * @param {HTMLElement} section
 * @returns {(path: string) => Promise<Paths>}
 */
export function destinationsOf(section) {
  const address = section.dataset.destinations;
  if (!address) {
    const own = readJson("fp-paths");
    return async () => own;
  }
  /** @type {Map<string, Promise<Paths>>} */
  const asked = new Map();
  return (path) => {
    const folder = find('[data-by-folder]:checked', section) ? folderOf(path) : "";
    let answer = asked.get(folder);
    if (!answer) {
      answer = post(address, { folder }).then(({ paths }) => paths);
      asked.set(folder, answer);
      answer.catch(() => asked.delete(folder)); // to be asked again with the next file
    }
    return answer;
  };
}

/**
 * Return whether photos are to have their folder's name as a tag, as they do where folders become no galleries.
 * @param {HTMLElement} section
 */
export function areTagged(section) {
  return find("[data-tagged]:checked", section) !== null;
}

/**
 * Return the name of the gallery for a file of dropped folders: what lies in a sub-folder, however deep, goes to that; the
 * rest to the folder itself. Empty for a file without a folder.
 * @param {string} path
 */
function folderOf(path) {
  const folders = path.split("/").slice(0, -1);
  return folders[1] ?? folders[0] ?? "";
}
