/* The files of what was dropped or chosen, with those of all folders in it: {path, file}. */

const PICTURE = /\.(jpe?g|png|webp|hei[cf]|tiff?|bmp|gif|avif)$/i;
// What systems leave in folders; nobody wants to read of it.
const NOISE = /(^|\/)(\.[^/]*|thumbs\.db|desktop\.ini)$/i;

export function isPicture(path, file) {
  return PICTURE.test(path) || file.type.startsWith("image/");
}

/* Handles, which a browser can keep over a reload where it has them. To be called while the drop is handled: the items
are gone after that. */
export async function dropped(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const waiting = items.map((item) => item.getAsFileSystemHandle?.().catch(() => null));
  const entries = items.map((item) => ({ entry: item.webkitGetAsEntry?.(), file: item.getAsFile?.() }));
  const handles = (await Promise.all(waiting)).filter(Boolean);
  if (handles.length && handles.length === items.length) return { handles, files: await ofHandles(handles) };
  const found = await Promise.all(entries.map(({ entry, file }) => (entry ? ofEntry(entry) : [{ path: file.name, file }])));
  return { handles: [], files: wanted(found.flat()) };
}

export async function ofHandles(handles) {
  const found = await Promise.all(handles.map((handle) => ofHandle(handle, "")));
  return wanted(found.flat());
}

export function chosen(input) {
  return wanted([...input.files].map((file) => ({ path: file.webkitRelativePath || file.name, file })));
}

function wanted(files) {
  return files.filter(({ path }) => !NOISE.test(path)).sort((a, b) => a.path.localeCompare(b.path, undefined, { numeric: true }));
}

async function ofHandle(handle, above) {
  const path = above + handle.name;
  if (handle.kind === "file") return [{ path, file: await handle.getFile() }];
  const found = [];
  for await (const inner of handle.values()) found.push(...(await ofHandle(inner, `${path}/`)));
  return found;
}

async function ofEntry(entry) {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) return [{ path, file: await new Promise((done, failed) => entry.file(done, failed)) }];
  const reader = entry.createReader();
  const found = [];
  for (;;) { // a reader gives a hundred at a time
    const inner = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!inner.length) return found;
    for (const each of inner) found.push(...(await ofEntry(each)));
  }
}
