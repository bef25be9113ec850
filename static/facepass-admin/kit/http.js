// @ts-check
/* The one way in which the console's scripts ask the server. What goes wrong is a Refusal whose message can be shown. */

import { word } from "./dom.js";

/** What the server, or the lack of one, refused. `code` is the server's, or "offline", "signed_out", "unreadable". */
export class Refusal extends Error {
  /**
   * @param {string} message
   * @param {{code?: string, status?: number}} [options]
   */
  constructor(message, { code = "", status = 0 } = {}) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.status = status;
  }
}

/**
 * Return the object that the server answers. Throws a Refusal.
 * @param {string | URL} address
 * @returns {Promise<any>} as the view made it
 */
export async function get(address) {
  const response = await request(address, {});
  return objectOf(response.status, await response.text());
}

/**
 * Return the text (a part of a page) that the server answers. Throws a Refusal.
 * @param {string | URL} address
 */
export async function getText(address) {
  const response = await request(address, {});
  const text = await response.text();
  if (!response.ok) throw refusalOf(response.status, parsed(text));
  return text;
}

/**
 * Send an object as JSON, or a form, and return the object that the server answers. Throws a Refusal.
 * @param {string | URL} address
 * @param {FormData | Record<string, unknown>} body
 * @returns {Promise<any>} as the view made it
 */
export async function post(address, body) {
  const isForm = body instanceof FormData;
  const response = await request(address, {
    method: "POST",
    headers: { "X-CSRFToken": word("csrf"), ...(isForm ? {} : { "Content-Type": "application/json" }) },
    body: isForm ? body : JSON.stringify(body),
  });
  return objectOf(response.status, await response.text());
}

/**
 * Post a form with files as `post` does, and report how many bytes of it have left.
 * @param {string} address
 * @param {FormData} form
 * @param {(bytes: number) => void} onProgress
 * @returns {Promise<any>} as the view made it
 */
export async function upload(address, form, onProgress) {
  const { status, text } = await transfer("POST", address, form, { headers: { "X-CSRFToken": word("csrf") }, onProgress });
  // A redirect to the page to sign in was followed: a page instead of an object.
  if (status < 300 && !parsed(text)) throw signedOut(status);
  return objectOf(status, text);
}

/**
 * Put a file to an address of another server (a bucket). Throws a Refusal "offline" where it did not arrive.
 * @param {string} address
 * @param {Blob} file
 * @param {(bytes: number) => void} onProgress
 */
export async function put(address, file, onProgress) {
  const { status } = await transfer("PUT", address, file, { headers: {}, onProgress });
  if (status >= 300) throw new Refusal(word("failed"), { code: "offline", status });
}

/**
 * @param {string | URL} address
 * @param {RequestInit} options
 */
async function request(address, options) {
  let response;
  try {
    response = await fetch(address, { credentials: "same-origin", cache: "no-store", redirect: "manual", ...options });
  } catch {
    throw new Refusal(word("offline"), { code: "offline" });
  }
  // The admin sends whoever is signed out to the page to sign in.
  if (response.type === "opaqueredirect") throw signedOut(response.status);
  return response;
}

/**
 * By XMLHttpRequest, which alone reports how far an upload is.
 * @param {string} method
 * @param {string} address
 * @param {XMLHttpRequestBodyInit} body
 * @param {{headers: Record<string, string>, onProgress: (bytes: number) => void}} options
 * @returns {Promise<{status: number, text: string}>}
 */
function transfer(method, address, body, { headers, onProgress }) {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open(method, address);
    for (const [header, value] of Object.entries(headers)) xhr.setRequestHeader(header, value);
    xhr.upload.addEventListener("progress", (event) => onProgress(event.loaded));
    const offline = () => reject(new Refusal(word("offline"), { code: "offline" }));
    xhr.addEventListener("error", offline);
    xhr.addEventListener("timeout", offline);
    xhr.addEventListener("load", () => resolve({ status: xhr.status, text: xhr.responseText }));
    xhr.send(body);
  });
}

/**
 * @param {number} status
 * @param {string} text
 */
function objectOf(status, text) {
  const found = parsed(text);
  if (status < 200 || status >= 300) throw refusalOf(status, found);
  if (!found) throw new Refusal(word("failed"), { code: "unreadable", status });
  return found;
}

/** @param {string} text */
function parsed(text) {
  try {
    const found = JSON.parse(text);
    return typeof found === "object" ? found : null;
  } catch {
    return null; // a page of a proxy, or of Django's own
  }
}

/**
 * The server's own words where it has any; else what the status says.
 * @param {number} status
 * @param {any} answer the envelope of an error, or null
 */
function refusalOf(status, answer) {
  if (status === 401) return signedOut(status);
  const code = answer?.error?.code ?? (answer ? "" : "unreadable");
  const message = answer?.error?.message ?? word(status === 403 ? "forbidden" : "failed");
  return new Refusal(message, { code, status });
}

/** @param {number} status */
function signedOut(status) {
  return new Refusal(word("signedOut"), { code: "signed_out", status });
}
