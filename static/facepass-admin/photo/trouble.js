// @ts-check
/* Why a photo failed, or that it waits. */

import { find, need } from "../kit/dom.js";
import { shownFaces } from "./faces.js";

/**
 * @param {HTMLElement} section
 * @param {import("./faces.js").Photo} photo
 * @param {Record<string, string>} texts
 */
export function showTrouble(section, photo, texts) {
  const line = need("[data-trouble]", section);
  const isDone = photo.state === "processed";
  const nothing = photo.faces.length ? texts.all_rejected : texts.no_faces;
  const quiet = shownFaces(photo).length ? "" : nothing;
  line.textContent = photo.error || (isDone ? quiet ?? "" : `${photo.label}. ${texts.not_yet}`);
  line.hidden = !line.textContent;
  line.classList.toggle("fp-bad", Boolean(photo.error));
  const retry = find("[data-do=retry]", section);
  if (retry instanceof HTMLButtonElement) retry.disabled = photo.state === "processing";
}
