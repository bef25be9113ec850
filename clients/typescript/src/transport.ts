/** Sends calls, again where that is right, and turns refusals into errors. */

import type { Call } from "./calls.js";
import { buildRefusal, ServerUnreachable } from "./errors.js";
import type { OnProgress } from "./pictures.js";
import { readRetryAfter, RETRIES, sleep, waitAfterFailure, waitAfterRefusal, type Retries } from "./retries.js";

export interface Settings {
  /** Which studio a member of several acts in: its id or short name. */
  readonly studio?: string;
  /** Seconds for one attempt; 30 by default, 0 for no end. */
  readonly timeout?: number;
  readonly retries?: Partial<Retries>;
  /** Takes the place of the global one. With it, the browser reports no progress. */
  readonly fetch?: typeof fetch;
}

export class Transport {
  readonly #baseUrl: string;
  readonly #headers: Record<string, string>;
  readonly #settings: Settings;
  readonly #retries: Retries;

  constructor(baseUrl: string, token: string | null, settings: Settings) {
    this.#baseUrl = baseUrl.replace(/\/+$/, "");
    this.#settings = settings;
    this.#retries = { ...RETRIES, ...settings.retries };
    this.#headers = {
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      ...(settings.studio === undefined ? {} : { "X-Studio": settings.studio }),
    };
  }

  async send(call: Call): Promise<Response> {
    for (let attempt = 1; ; attempt += 1) {
      call.options.signal?.throwIfAborted();
      const answer = await this.#try(call).catch((error: unknown) => {
        call.options.signal?.throwIfAborted();
        return error;
      });
      if (answer instanceof Response && answer.ok) return answer;
      await sleep(await this.#pause(call, answer, attempt), call.options.signal);
    }
  }

  /** Return the seconds before the next attempt. Throws where there is none. */
  async #pause(call: Call, answer: unknown, attempt: number): Promise<number> {
    if (answer instanceof Response) {
      const pause = waitAfterRefusal(this.#retries, answer, attempt);
      if (pause === null) throw await buildRefusal(answer, readRetryAfter(answer));
      await answer.body?.cancel();
      return pause;
    }
    const pause = waitAfterFailure(this.#retries, call.isRepeatable, attempt);
    if (pause === null) throw new ServerUnreachable(`${call.method} ${call.path}: ${String(answer)}`, { cause: answer });
    return pause;
  }

  async #try(call: Call): Promise<Response> {
    const query = call.query.toString();
    const url = `${this.#baseUrl}${call.path}${query && `?${query}`}`;
    const headers = { ...this.#headers, ...call.headers };
    const seconds = this.#settings.timeout ?? 30;
    const signals = [call.options.signal, seconds > 0 ? AbortSignal.timeout(seconds * 1000) : undefined];
    const signal = AbortSignal.any(signals.filter((each) => each !== undefined));
    const request = { method: call.method, headers, signal, body: call.body };
    const { onProgress } = call.options;
    const send = this.#settings.fetch ?? fetch;
    if (!onProgress || !(call.body instanceof Blob)) return send(url, request);
    if (this.#settings.fetch || typeof XMLHttpRequest === "undefined") {
      return send(url, buildCountedRequest({ ...request, body: call.body }, onProgress));
    }
    return sendByBrowser(url, { ...request, body: call.body }, onProgress);
  }
}

interface BlobRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
  readonly body: Blob;
}

/** Return the request with a body that is counted while it is read. The length stands in its header: it is no stream without end. */
function buildCountedRequest(request: BlobRequest, onProgress: OnProgress): RequestInit {
  const total = request.body.size;
  let sent = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      sent += piece.byteLength;
      controller.enqueue(piece);
      onProgress(sent, total);
    },
  });
  const headers = { ...request.headers, "Content-Length": String(total) };
  const init = { ...request, headers, body: request.body.stream().pipeThrough(counter), duplex: "half" };
  return init as RequestInit; // `duplex` is not in the types of all versions
}

/** Browsers report how much is sent by XMLHttpRequest only. */
function sendByBrowser(url: string, request: BlobRequest, onProgress: OnProgress): Promise<Response> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open(request.method, url);
    xhr.responseType = "blob";
    for (const [name, value] of Object.entries(request.headers)) xhr.setRequestHeader(name, value);
    xhr.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total);
    xhr.onload = () => {
      const lines = xhr.getAllResponseHeaders().trim().split(/[\r\n]+/).filter(Boolean);
      const headers = lines.map((line): [string, string] => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon), line.slice(colon + 1).trim()];
      });
      const body = [204, 205, 304].includes(xhr.status) ? null : (xhr.response as Blob);
      resolve(new Response(body, { status: xhr.status, headers }));
    };
    xhr.onerror = () => reject(new TypeError("the connection failed"));
    xhr.onabort = () => reject(request.signal.reason);
    request.signal.addEventListener("abort", () => xhr.abort(), { once: true });
    xhr.send(request.body);
  });
}
