/** When a call is sent again, and after how long. */

export interface Retries {
  /** In all. */
  readonly attempts: number;
  /** Who is asked to wait longer, in seconds, is told so by an error instead. */
  readonly longestWait: number;
}

export const RETRIES: Retries = { attempts: 3, longestWait: 30 };

/**
 * Return the seconds to wait before the next attempt; null where there is none.
 *
 * Only a refusal that names a time is tried again: the server was busy (429, 503, 409) and did nothing.
 */
export function waitAfterRefusal(retries: Retries, answer: Response, attempt: number): number | null {
  const said = readRetryAfter(answer);
  if (![409, 429, 503].includes(answer.status) || said === null || said > retries.longestWait) return null;
  return attempt < retries.attempts ? said : null;
}

/** Return the seconds to wait after a broken connection; null where another attempt could do it twice. */
export function waitAfterFailure(retries: Retries, isRepeatable: boolean, attempt: number): number | null {
  return isRepeatable && attempt < retries.attempts ? Math.min(retries.longestWait, 0.5 * 2 ** (attempt - 1)) : null;
}

/** Return the seconds that the answer says, as a number or a date; null where it says none. */
export function readRetryAfter(answer: Response): number | null {
  const said = answer.headers.get("Retry-After") ?? "";
  if (/^\d+$/.test(said)) return Number(said);
  const moment = Date.parse(said);
  return Number.isNaN(moment) ? null : Math.max(0, (moment - Date.now()) / 1000);
}

/** Wait, unless the signal ends it. */
export function sleep(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const end = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", end);
      resolve();
    }, seconds * 1000);
    signal?.addEventListener("abort", end, { once: true });
  });
}
