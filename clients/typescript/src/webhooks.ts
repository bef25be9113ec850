/** What the server sends to a webhook, and whether it was the server that sent it. */

import { InvalidSignature } from "./errors.js";

/** In the form in which Node.js has headers; any other takes it as well. */
export const SIGNATURE_HEADER = "facepass-signature";
/** Older ones may be a recording that somebody sends again. */
export const LONGEST_AGE_SECONDS = 300;

/** `data` has ids and counts only. An event comes at least once: go by its `id`. */
export interface Event {
  readonly id: string;
  readonly type: string;
  readonly created_at: string;
  readonly studio_id: string;
  readonly data: Record<string, unknown>;
}

type Body = Blob | Uint8Array | ArrayBuffer | string;

/**
 * Return the event of a delivery. Throws InvalidSignature where its signature does not hold.
 *
 * `body` as it came, byte by byte; `signature` is the header `FacePass-Signature`. Of several secrets, as there are while
 * one is rotated, any does.
 */
export async function readEvent(
  body: Body, signature: unknown, secret: string | readonly string[], longestAge = LONGEST_AGE_SECONDS,
): Promise<Event> {
  await checkSignature(body, signature, secret, longestAge);
  return JSON.parse(new TextDecoder().decode(await readBytes([body]))) as Event;
}

/** Throws InvalidSignature where the signature is another one, or older than `longestAge` seconds. */
export async function checkSignature(
  body: Body, signature: unknown, secret: string | readonly string[], longestAge = LONGEST_AGE_SECONDS,
): Promise<void> {
  const parts = String(signature ?? "").split(",").map((part) => part.trim().split("=", 2));
  const moment = parts.find(([name]) => name === "t")?.[1] ?? "";
  if (!/^\d+$/.test(moment)) throw new InvalidSignature("the signature names no time");
  const sent = parts.flatMap(([name, value]) => (name === "v1" && value ? [readHex(value)] : []));
  const signed = await readBytes([`${moment}.`, body]);
  const secrets = typeof secret === "string" ? [secret] : secret;
  const checked = await Promise.all(secrets.flatMap((each) => sent.map((value) => verify(each, value, signed))));
  if (!checked.includes(true)) throw new InvalidSignature("the signature is not that of this body and secret");
  if (Math.abs(Date.now() / 1000 - Number(moment)) > longestAge) throw new InvalidSignature("the signature is too old");
}

/** WebCrypto compares in constant time. */
async function verify(
  secret: string, signature: Uint8Array<ArrayBuffer>, signed: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), hmac, false, ["verify"]);
  return crypto.subtle.verify("HMAC", key, signature, signed);
}

async function readBytes(parts: (string | Body)[]): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}

/** Return the bytes; none where it is no hexadecimal number, which is nobody's signature. */
function readHex(text: string): Uint8Array<ArrayBuffer> {
  const pairs = /^(?:[0-9a-f]{2})+$/i.test(text) ? text.match(/../g) ?? [] : [];
  return new Uint8Array(pairs.map((pair) => Number.parseInt(pair, 16)));
}
