/** Pictures to send, and the form in which they go. */

/** A picture with the name of the file that it is: the server keeps it, and matches are told by it. */
export interface Named {
  readonly content: Blob | Uint8Array | ArrayBuffer | ReadableStream<Uint8Array>;
  readonly name: string;
}

/** A `File` has its name. A stream is read into memory first, because the server wants to know a body's length. */
export type Picture = Blob | Uint8Array | ArrayBuffer | ReadableStream<Uint8Array> | Named;

/** Called with the bytes of a request's body that are sent, and with all there are. */
export type OnProgress = (sent: number, total: number) => void;

export function isPicture(value: unknown): value is Picture {
  return isContent(value) || (typeof value === "object" && value !== null && "content" in value && isContent(value.content));
}

function isContent(value: unknown): value is Exclude<Picture, Named> {
  return [Blob, Uint8Array, ArrayBuffer, ReadableStream].some((kind) => value instanceof kind);
}

/** Return a picture that every attempt can send. Files of the disk stay there until they are read. */
export async function readPicture(picture: Picture): Promise<{ blob: Blob; name: string }> {
  const content = isContent(picture) ? picture : picture.content;
  const own = content instanceof Blob && "name" in content ? String(content.name) : "picture";
  const name = isContent(picture) ? own : picture.name;
  if (content instanceof Blob) return { blob: content, name };
  if (content instanceof ReadableStream) return { blob: await new Response(content).blob(), name };
  return { blob: new Blob([content as Uint8Array<ArrayBuffer> | ArrayBuffer]), name };
}

export interface Form {
  readonly body: Blob;
  readonly contentType: string;
}

/** Return multipart/form-data as one Blob, so that its length is known and nothing is read before it is sent. */
export function buildForm(fields: [string, string | { blob: Blob; name: string }][]): Form {
  const boundary = `facepass-${crypto.randomUUID()}`;
  const parts: (string | Blob)[] = [];
  for (const [name, value] of fields) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escape(name)}"`;
    if (typeof value === "string") {
      parts.push(`${head}\r\n\r\n${value}\r\n`);
    } else {
      const type = value.blob.type || "application/octet-stream";
      parts.push(`${head}; filename="${escape(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`, value.blob, "\r\n");
    }
  }
  parts.push(`--${boundary}--\r\n`);
  return { body: new Blob(parts), contentType: `multipart/form-data; boundary=${boundary}` };
}

/** As HTML says that names are written. */
function escape(name: string): string {
  return name.replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll('"', "%22");
}
