// What src/node.ts uses of Node.js, so that its types need not be installed.
declare module "node:fs" {
  export function openAsBlob(path: string): Promise<Blob>;
}
declare module "node:fs/promises" {
  export function readdir(path: string): Promise<string[]>;
}
declare module "node:path" {
  export function basename(path: string): string;
  export function join(...parts: string[]): string;
}
