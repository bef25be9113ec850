/** A typed client of the FacePass REST API: every operation, without dependencies. */

export type { CallOptions } from "./calls.js";
export { FacePass } from "./client.js";
export * from "./errors.js";
export type * from "./operations.js";
export { Paged } from "./paging.js";
export type { Named, OnProgress, Picture } from "./pictures.js";
export type { Retries } from "./retries.js";
export type { components } from "./schema.js";
export type { Settings } from "./transport.js";
export { checkSignature, readEvent, SIGNATURE_HEADER, type Event } from "./webhooks.js";
