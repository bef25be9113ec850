/** What can go wrong, as error classes of the client's own. */

/** Whatever the client throws itself. */
export class FacePassError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** No answer came: the server is not there, the connection broke or took too long. `cause` is what `fetch` said. */
export class ServerUnreachable extends FacePassError {}

/** What was waited for is not over in the time that was given; it goes on. */
export class StillRunning extends FacePassError {}

/** A webhook that the server did not send, or sent too long ago. */
export class InvalidSignature extends FacePassError {}

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly details: Record<string, unknown>;
  readonly requestId: string | null;
  readonly retryAfter: number | null;
}

/**
 * An answer that is an error. `code` is stable; `requestId` finds it in the server's log; `retryAfter` is the time in
 * seconds after which it is worth another attempt, where the server says one.
 */
export class Refused extends FacePassError {
  readonly status: number;
  readonly code: string;
  readonly details: Record<string, unknown>;
  readonly requestId: string | null;
  readonly retryAfter: number | null;

  constructor(refusal: Refusal) {
    super(`${refusal.status} ${refusal.code}: ${refusal.message}`);
    this.status = refusal.status;
    this.code = refusal.code;
    this.details = refusal.details;
    this.requestId = refusal.requestId;
    this.retryAfter = refusal.retryAfter;
  }
}

/** 400: `details` names the fields or parameters. */
export class InvalidRequest extends Refused {}
/** 401: no key or token, or one that does not count any more. */
export class NotAuthenticated extends Refused {}
/** 403: the key lacks a scope. */
export class NotPermitted extends Refused {}
/** 404: it is not there, or it is another studio's; `details` says which id of what. */
export class NotFound extends Refused {}
/** 408: the body did not come in time. */
export class TooSlow extends Refused {}
/** 409: it does not fit what is there. */
export class Conflict extends Refused {}
/** 412: somebody else changed it since it was read. */
export class ChangedMeanwhile extends Refused {}
/** 413: the body or the picture. */
export class TooLarge extends Refused {}
/** 415: no picture, a damaged one, or a body of a type that the server does not read. */
export class NotReadable extends Refused {}
/** 422: the request is well formed and the server cannot do it, such as a selfie without a face. */
export class CannotBeUsed extends Refused {}
/** 429: too many requests, longer than the client waits by itself. */
export class RateLimited extends Refused {}
/** 500 and above: the server's fault, or a proxy's before it. */
export class ServerFailed extends Refused {}

const BY_STATUS: Record<number, new (refusal: Refusal) => Refused> = {
  400: InvalidRequest,
  401: NotAuthenticated,
  403: NotPermitted,
  404: NotFound,
  408: TooSlow,
  409: Conflict,
  412: ChangedMeanwhile,
  413: TooLarge,
  415: NotReadable,
  422: CannotBeUsed,
  429: RateLimited,
};

/** Return the error for an answer that is one. A proxy may answer with something else than the envelope. */
export async function buildRefusal(answer: Response, retryAfter: number | null): Promise<Refused> {
  const Kind = BY_STATUS[answer.status] ?? (answer.status >= 500 ? ServerFailed : Refused);
  const text = await answer.text().catch(() => "");
  const fallback = { code: "unknown", message: text.slice(0, 200), details: {} };
  const { error, requestId } = readEnvelope(text);
  const known = requestId ?? answer.headers.get("X-Request-ID");
  return new Kind({ ...fallback, ...error, status: answer.status, requestId: known, retryAfter });
}

function readEnvelope(text: string): { error: Partial<Refusal>; requestId: string | null } {
  try {
    const { error, request_id } = JSON.parse(text);
    const { code, message, details } = error;
    if (typeof code !== "string") return { error: {}, requestId: null };
    return { error: { code, message: String(message), details: details ?? {} }, requestId: request_id ?? null };
  } catch {
    return { error: {}, requestId: null };
  }
}
