// @ts-check
/* The files of what was dropped or chosen, with those of all folders in it. */

/** @typedef {{path: string, file: File}} Found */
/** A file or folder that a browser can keep over a reload, where it has such handles. @typedef {FileSystemHandle} Handle */

const PICTURE = /\.(jpe?g|png|webp|hei[cf]|tiff?|bmp|gif|avif)$/i;
// Raw files of cameras, and Adobe's; some systems call them pictures by their type.
const RAW = /\.(3fr|arw|cr[23w]|dcr|dng|erf|fff|gpr|iiq|kdc|mef|mos|mrw|nef|nrw|orf|pef|raf|raw|rw[2l]|sr[2fw]|x3f)$/i;
const VIDEO = /\.(3gp|avi|crm|m2ts|m4v|mkv|mov|mp4|mpe?g|mts|mxf|webm|wmv)$/i;
// What systems leave in folders; nobody wants to read of it.
const NOISE = /(^|\/)(\.[^/]*|thumbs\.db|desktop\.ini)$/i;

/**
 * Return what the file is by its name and type. Only pictures are sent.
 * @param {Found} found
 */
export function kindOf({ path, file }) {
  if (RAW.test(path)) return "raw";
  if (VIDEO.test(path) || file.type.startsWith("video/")) return "video";
  return PICTURE.test(path) || file.type.startsWith("image/") ? "picture" : "other";
}

/**
 * To be called while the drop is handled: the items are gone after that.
 * @param {DataTransfer} transfer
 * @returns {Promise<{handles: Handle[], files: Found[]}>}
 */
export async function dropped(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const waiting = items.map((item) => handleOf(item));
  const entries = items.map((item) => ({ entry: item.webkitGetAsEntry?.(), file: item.getAsFile?.() }));
  const handles = (await Promise.all(waiting)).filter((handle) => handle !== null);
  if (handles.length && handles.length === items.length) return { handles, files: await ofHandles(handles) };
  const found = await Promise.all(entries.map(({ entry, file }) => (entry ? ofEntry(entry) : file ? [{ path: file.name, file }] : [])));
  return { handles: [], files: wanted(found.flat()) };
}

/**
 * @param {DataTransferItem} item
 * @returns {Promise<Handle | null>}
 */
async function handleOf(item) {
  // Not in TypeScript's DOM, as not every browser has it.
  const { getAsFileSystemHandle } = /** @type {{getAsFileSystemHandle?: () => Promise<Handle | null>}} */ (/** @type {unknown} */ (item));
  return (await getAsFileSystemHandle?.call(item).catch(() => null)) ?? null;
}

/** @param {Handle[]} handles */
export async function ofHandles(handles) {
  const found = await Promise.all(handles.map((handle) => ofHandle(handle, "")));
  return wanted(found.flat());
}

/** @param {HTMLInputElement} input */
export function chosen(input) {
  return wanted([...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file })));
}

/** @param {Found[]} files */
function wanted(files) {
  return files.filter(({ path }) => !NOISE.test(path)).sort((a, b) => a.path.localeCompare(b.path, undefined, { numeric: true }));
}

/**
 * @param {Handle} handle
 * @param {string} above the path of the folder that it is in
 * @returns {Promise<Found[]>}
 */
async function ofHandle(handle, above) {
  const path = above + handle.name;
  if (handle.kind === "file") return [{ path, file: await /** @type {FileSystemFileHandle} */ (handle).getFile() }];
  const found = [];
  for await (const inner of /** @type {FileSystemDirectoryHandle} */ (handle).values()) found.push(...(await ofHandle(inner, `${path}/`)));
  return found;
}

/**
 * @param {FileSystemEntry} entry
 * @returns {Promise<Found[]>}
 */
async function ofEntry(entry) {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) {
    const file = /** @type {FileSystemFileEntry} */ (entry);
    return [{ path, file: await new Promise((done, failed) => file.file(done, failed)) }];
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const found = [];
  for (;;) { // a reader gives a hundred at a time
    /** @type {FileSystemEntry[]} */
    const inner = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!inner.length) return found;
    for (const each of inner) found.push(...(await ofEntry(each)));
  }
}
