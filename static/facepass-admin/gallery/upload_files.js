// @ts-check
/* The files of what was dropped or chosen, with those of all folders in it. What their names say has its home in
recognition/pictures/file_names.py. */

/** @typedef {{path: string, file: File}} Found */
/** A file or folder that a browser can keep over a reload, where it has such handles. @typedef {FileSystemHandle} Handle */

const PICTURE = /\.(avif|bmp|dib|gif|hei[cf]s?|hif|jfif|jif|jpe|jpe?g|jpe?g[_-]?(large|orig|small|thumb)|jxl|mpo|png|psd|tiff?|webp)$/i;
// Raw files of cameras, and Adobe's; some systems call them pictures by their type.
const RAW = /\.(3fr|arw|cr[23w]|dcr|dng|erf|fff|gpr|iiq|kdc|mef|mos|mrw|nef|nrw|orf|pef|raf|raw|rw[2l]|sr[2fw]|x3f)$/i;
const VIDEO = /\.(3gp|avi|crm|m2ts|m4v|mkv|mov|mp4|mpe?g|mts|mxf|webm|wmv)$/i;
// What systems leave in folders, thumbnails too; nobody wants to read of it.
const NOISE = /(^|\/)(\.[^\/]*|@eadir|@__thumb|@(recycle|recently-snapshot|tmp|sharebin)|#(recycle|snapshot)|__macosx|\$recycle\.bin|recycler|system volume information|lost\+found|(eh)?thumbs[^\/]*\.db|desktop\.ini)(\/|$)/i;

// The first bytes of pictures: JPEG, PNG, WebP, HEIC and AVIF, TIFF, BMP, JPEG XL.
const BEGINNING = /^(\xff\xd8\xff|\x89PNG|RIFF[^]{4}WEBP|[^]{4}ftyp(hei[cxms]|hev[cx]|mif1|msf1|avi[fs])|II[*+]\0|MM\0[*+]|BM[^]{4}\0|\xff\n|\0\0\0\fJXL )/;
const BEGINNING_BYTES = 16;

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
 * Return whether the file begins as pictures do, whatever it is called.
 * @param {File} file
 */
export async function isPicture(file) {
  const bytes = new Uint8Array(await file.slice(0, BEGINNING_BYTES).arrayBuffer());
  return BEGINNING.test(String.fromCharCode(...bytes));
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
  // Raw files last, so that those which have a JPEG beside them are known for its pair.
  const rank = (/** @type {Found} */ { path }) => Number(RAW.test(path));
  return files.filter(({ path }) => !NOISE.test(path)).sort((a, b) => rank(a) - rank(b) || a.path.localeCompare(b.path, undefined, { numeric: true }));
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
