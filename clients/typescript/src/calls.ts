/** What an operation asks for, and the HTTP request that it becomes. */

import { buildForm, isPicture, readPicture, type OnProgress } from "./pictures.js";

/** How an operation is called. `body`: `either` is a form where it has a picture, and else JSON. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly query?: readonly string[];
  readonly body?: "json" | "form" | "either";
  readonly isIdempotent?: boolean;
}

/** What may be said with any call. */
export interface CallOptions {
  /** Ends the call, and what it waits for. */
  readonly signal?: AbortSignal;
  /** One of your own, where the operation takes one: the server does the same key once. */
  readonly idempotencyKey?: string;
  /** The ETag that was read, where the operation takes one. */
  readonly ifMatch?: string;
  readonly onProgress?: OnProgress;
}

/** One request, as every attempt sends it. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Record<string, string>;
  readonly body: Blob | string | null;
  readonly isRepeatable: boolean;
  readonly options: CallOptions;
}

type Values = Readonly<Record<string, unknown>>;

export async function buildCall(
  operation: Operation, ids: Values, input: object, options: CallOptions,
): Promise<Call> {
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  const inQuery = given.filter(([name]) => operation.query?.includes(name));
  const inBody = given.filter(([name]) => !operation.query?.includes(name));
  const { contentType, body } = await buildBody(operation, inBody);
  const key = options.idempotencyKey ?? (operation.isIdempotent ? crypto.randomUUID() : undefined);
  const headers = { "Content-Type": contentType, "Idempotency-Key": key, "If-Match": options.ifMatch };
  return {
    method: operation.method,
    path: buildPath(operation.path, ids),
    query: new URLSearchParams(inQuery.flatMap(([name, value]) => listTexts(name, value))),
    headers: Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value ? [[name, value]] : []))),
    body,
    isRepeatable: operation.method === "GET" || Boolean(operation.isIdempotent),
    options,
  };
}

/** Return the path with its ids. Throws for an id that would lead to another path. */
function buildPath(path: string, ids: Values): string {
  return path.replace(/\{(\w+)\}/g, (_all, name: string) => {
    const value = String(ids[name] ?? "");
    if (["", ".", ".."].includes(value)) throw new RangeError(`${name} is "${value}", which is no id`);
    return encodeURIComponent(value);
  });
}

async function buildBody(
  operation: Operation, given: [string, unknown][],
): Promise<{ contentType?: string; body: Blob | string | null }> {
  if (!operation.body) return { body: null };
  const hasPicture = given.some(([, value]) => listItems(value).some(isPicture));
  if (operation.body === "json" || (operation.body === "either" && !hasPicture)) {
    return { contentType: "application/json", body: JSON.stringify(Object.fromEntries(given)) };
  }
  const fields: Parameters<typeof buildForm>[0] = [];
  for (const [name, value] of given) {
    for (const item of listItems(value)) {
      if (isPicture(item)) fields.push([name, await readPicture(item)]);
      else fields.push(...listTexts(name, item));
    }
  }
  return buildForm(fields);
}

function listItems(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** Return names and values as a query or a form has them; null is left out there. */
function listTexts(name: string, value: unknown): [string, string][] {
  return listItems(value).flatMap((item): [string, string][] => (item === null ? [] : [[name, String(item)]]));
}
