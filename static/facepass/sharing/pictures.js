// @ts-check
// Photos as files on their way out of the page: through the phone's share sheet, which also saves them to its photos,
// or as a download.

// What Chrome takes at once. More go as a ZIP or by a link.
export const MOST_FILES = 10;
const KINDS = { "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/heic": "heic" };

/** On an iPhone or iPad a download goes to the files; only the share sheet saves to the photos. */
export function savesByShareSheet() {
  return /iP(hone|ad|od)/.test(navigator.userAgent) || (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
}

/** Whether this browser passes pictures on to other apps. */
export function canShareFiles() {
  const picture = new File([""], "photo.jpg", { type: "image/jpeg" });
  return typeof navigator.share === "function" && Boolean(navigator.canShare?.({ files: [picture] }));
}

/**
 * Return the file's name that an answer gives it.
 * @param {string | null} disposition  Its Content-Disposition.
 * @param {string} type  Of its content, for an answer that gives none.
 * @param {number} n
 */
export function fileName(disposition, type, n) {
  const encoded = /filename\*=utf-8''([^;]+)/i.exec(disposition ?? "")?.[1];
  const plain = /filename="((?:[^"\\]|\\.)*)"/i.exec(disposition ?? "")?.[1]?.replace(/\\(.)/g, "$1");
  const ending = KINDS[/** @type {keyof typeof KINDS} */ (type)] ?? "jpg";
  return encoded ? decodeURIComponent(encoded) : plain || `photo-${n}.${ending}`;
}

/**
 * Return the pictures of these addresses as files. Raise where one cannot be had.
 * @param {string[]} addresses
 * @returns {Promise<File[]>}
 */
export function fetchPictures(addresses) {
  return Promise.all(addresses.map(async (address, index) => {
    const response = await fetch(address);
    if (!response.ok) throw new TypeError(`${response.status}`);
    const content = await response.blob();
    const name = fileName(response.headers.get("Content-Disposition"), content.type, index + 1);
    return new File([content], name, { type: content.type });
  }));
}

/**
 * Open the share sheet. "late": loading took longer than a press is good for, so another one is needed.
 * @param {File[]} files
 * @returns {Promise<"shared" | "closed" | "late">}
 */
export async function openShareSheet(files) {
  try {
    await navigator.share({ files });
    return "shared";
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return error.name === "NotAllowedError" ? "late" : "closed";
  }
}

/**
 * Download one address, as a press on a link would.
 * @param {string} address
 */
export function download(address) {
  const link = document.createElement("a");
  link.href = address;
  link.download = "";
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
}
