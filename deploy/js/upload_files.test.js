import assert from "node:assert/strict";
import { test } from "node:test";

import { isPicture, kindOf } from "../../static/facepass-admin/gallery/upload_files.js";

/** @param {string} path */
function named(path, type = "") {
  return { path, file: new File(["x"], path, { type }) };
}

test("files are told apart by their names", () => {
  for (const name of ["a.JPG", "a.hif", "a.HEIF", "a.jfif", "a.jpe", "a.jpg_large", "a.avif", "a.jxl", "b/c.tiff"]) assert.equal(kindOf(named(name)), "picture", name);
  for (const name of ["a.CR3", "a.nef", "a.dng"]) assert.equal(kindOf(named(name, "image/x-raw")), "raw", name);
  for (const name of ["a.MOV", "a.mp4"]) assert.equal(kindOf(named(name)), "video", name);
  assert.equal(kindOf(named("notes.txt", "text/plain")), "other");
});

test("a picture without its ending is known by its first bytes", async () => {
  const beginnings = ["\xff\xd8\xff\xe0", "\x89PNG\r\n", "RIFF\x01\x02\x03\x04WEBP", "\0\0\0\x18ftypheic", "\0\0\0\x20ftypavif", "II*\0", "MM\0*", "\xff\n\x0f", "\0\0\0\fJXL \r\n"];
  for (const text of beginnings) assert.ok(await isPicture(file(text)), text);
  for (const text of ["", "hello", "%PDF-1.7", "\0\0\0\x18ftypmp42", "BMW, Mercedes", "RIFF\x01\x02\x03\x04AVI "]) assert.ok(!(await isPicture(file(text))), text);
});

/** @param {string} text */
function file(text) {
  return new File([Uint8Array.from(text, (character) => character.charCodeAt(0))], "IMG_1");
}
