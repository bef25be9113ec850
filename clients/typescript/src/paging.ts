/** Lists that fetch page after page while they are gone through. */

import type { Call } from "./calls.js";
import type { Transport } from "./transport.js";

interface Page<T> {
  readonly count: number;
  readonly next: string | null;
  readonly results: T[];
}

/** All items of a list, for `for await`. Nothing is asked before it is gone through, and each time it is asked anew. */
export class Paged<T> implements AsyncIterable<T> {
  readonly #transport: Transport;
  readonly #call: Promise<Call>;

  constructor(transport: Transport, call: Promise<Call>) {
    this.#transport = transport;
    this.#call = call;
    call.catch(() => {}); // is thrown to who goes through it
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const page of this.pages()) yield* page;
  }

  async *pages(): AsyncGenerator<T[], void, undefined> {
    for (let call: Call | null = await this.#call; call; ) {
      const page: Page<T> = await (await this.#transport.send(call)).json();
      yield page.results;
      call = page.next ? { ...call, query: readQuery(page.next) } : null;
    }
  }

  /** Return how many there are on all pages. */
  async count(): Promise<number> {
    const call = await this.#call;
    const query = new URLSearchParams(call.query);
    query.set("page_size", "1");
    const page: Page<T> = await (await this.#transport.send({ ...call, query })).json();
    return page.count;
  }
}

/** Only the query of the next page's address counts: from outside, the server may have another name. */
function readQuery(address: string): URLSearchParams {
  return new URL(address, "http://any").searchParams;
}
