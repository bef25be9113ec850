/** What the groups of operations are built on: how an answer is read. */

import { buildCall, type CallOptions, type Operation } from "./calls.js";
import { Paged } from "./paging.js";
import type { Transport } from "./transport.js";

type Ids = Readonly<Record<string, string>>;

export class Group {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Return the answer's JSON; null where it has no body. The types say what the API's document promises. */
  protected async json<T>(operation: Operation, ids: Ids, input: object, options: CallOptions = {}): Promise<T> {
    const answer = await this.#transport.send(await buildCall(operation, ids, input, options));
    const text = await answer.text();
    return (text ? JSON.parse(text) : null) as T;
  }

  protected async content(operation: Operation, ids: Ids, input: object, options: CallOptions = {}): Promise<Blob> {
    return (await this.#transport.send(await buildCall(operation, ids, input, options))).blob();
  }

  protected async nothing(operation: Operation, ids: Ids, input: object, options: CallOptions = {}): Promise<void> {
    const answer = await this.#transport.send(await buildCall(operation, ids, input, options));
    await answer.body?.cancel();
  }

  protected paged<T>(operation: Operation, ids: Ids, input: object, options: CallOptions = {}): Paged<T> {
    return new Paged<T>(this.#transport, buildCall(operation, ids, input, options));
  }
}
