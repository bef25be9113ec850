/** For Node.js: everything, and pictures by their paths. They stay on the disk until they are sent. */

import { openAsBlob } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";

import type { Named } from "./pictures.js";

export * from "./index.js";

const PICTURES = /\.(jpe?g|png|webp|heic|heif)$/i;

/** Return the picture at a path. */
export async function fromPath(path: string): Promise<Named> {
  return { content: await openAsBlob(path), name: basename(path) };
}

/** Yield the pictures of a folder, in the order of their names: JPEG, PNG, WebP and HEIC, unless `pattern` says otherwise. */
export async function* fromFolder(folder: string, pattern: RegExp = PICTURES): AsyncGenerator<Named> {
  for (const name of (await readdir(folder)).sort()) {
    if (pattern.test(name)) yield await fromPath(join(folder, name));
  }
}
