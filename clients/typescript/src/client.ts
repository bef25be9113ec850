/** The client: every operation of the API by its group, and what takes several of them. */

import { buildCall, type CallOptions } from "./calls.js";
import { StillRunning } from "./errors.js";
import { Operations } from "./operations.js";
import type { Picture } from "./pictures.js";
import { sleep } from "./retries.js";
import type { components } from "./schema.js";
import { Transport, type Settings } from "./transport.js";

type Schemas = components["schemas"];

/** Photos in one request; the server takes many, and a part that fails is then smaller. */
const PHOTOS_AT_ONCE = 20;

/**
 * `facepass.people.create({…})`, `facepass.galleries.list()`: a group for each part of the API.
 *
 * Throws `Refused` for what the server refuses and `ServerUnreachable` where there is no answer.
 */
export class FacePass extends Operations {
  readonly #transport: Transport;

  /** `token` is an API key or a member's token, null for what anybody may ask. */
  constructor(baseUrl: string, token: string | null = null, settings: Settings = {}) {
    const transport = new Transport(baseUrl, token, settings);
    super(transport);
    this.#transport = transport;
  }

  /** Return the whole answer, with its headers; `body` is sent as JSON. Waits and throws as all methods do. */
  async request(
    method: string, path: string, body?: Record<string, unknown>, options: CallOptions = {},
  ): Promise<Response> {
    const [bare = "", query = ""] = path.split("?", 2);
    const operation = { method, path: bare, body: body === undefined ? undefined : ("json" as const) };
    const call = await buildCall(operation, {}, body ?? {}, options);
    return this.#transport.send({ ...call, query: new URLSearchParams(query) });
  }

  /**
   * Send any number of photos to a gallery, 20 in a request; the analysis goes on afterwards.
   *
   * Each photo is kept or refused on its own. `onProgress` counts anew for each request.
   */
  async uploadPhotos(
    galleryId: string, pictures: Iterable<Picture> | AsyncIterable<Picture>, options: CallOptions = {},
  ): Promise<Schemas["UploadReport"]> {
    const report: Schemas["UploadReport"] = { accepted: [], duplicates: [], rejected: [] };
    for await (const files of listParts(pictures)) {
      const part = await this.galleries.uploadImages(galleryId, { files }, options);
      report.accepted.push(...part.accepted);
      report.duplicates.push(...part.duplicates);
      report.rejected.push(...part.rejected);
    }
    return report;
  }

  /** Return the task when it is over, well or not. Throws StillRunning after `seconds`. */
  waitForTask(taskId: string, seconds = 60, options: CallOptions = {}): Promise<Schemas["Task"]> {
    const isOver = (task: Schemas["Task"]) => !["pending", "running"].includes(task.state);
    return waitUntil(() => this.tasks.get(taskId, options), isOver, seconds, options);
  }

  /** Return the progress when every photo is processed or has failed. Throws StillRunning after `seconds`. */
  waitForGallery(galleryId: string, seconds = 600, options: CallOptions = {}): Promise<Schemas["Progress"]> {
    const isOver = ({ pending, processing }: Schemas["Progress"]) => pending + processing === 0;
    return waitUntil(() => this.galleries.getProgress(galleryId, options), isOver, seconds, options);
  }
}

async function* listParts(pictures: Iterable<Picture> | AsyncIterable<Picture>): AsyncGenerator<Picture[]> {
  let part: Picture[] = [];
  for await (const picture of pictures) {
    part.push(picture);
    if (part.length === PHOTOS_AT_ONCE) {
      yield part;
      part = [];
    }
  }
  if (part.length > 0) yield part;
}

/** Ask with longer and longer pauses. */
async function waitUntil<T>(
  ask: () => Promise<T>, isOver: (answer: T) => boolean, seconds: number, options: CallOptions,
): Promise<T> {
  const until = Date.now() + seconds * 1000;
  for (let pause = 0.1; Date.now() < until; pause = Math.min(2, pause * 1.5)) {
    const answer = await ask();
    if (isOver(answer)) return answer;
    await sleep(pause, options.signal);
  }
  throw new StillRunning(`not over after ${seconds} seconds`);
}
