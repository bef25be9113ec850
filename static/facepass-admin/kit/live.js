// @ts-check
/* Events over a websocket while there is one, else by asking; says which of them. Used by every page that is live. */

import { get } from "./http.js";

const POLL_MS = 2000;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30000;
/* The server's code for what is not there: there is no use in trying again. */
const NOT_FOUND = 4404;
/* And for who is signed in no more. */
const SIGNED_OUT = 4401;

/** @typedef {"live" | "polling" | "lost" | "gone"} State */

/**
 * Call `onEvent` with each event of the socket, and with each answer to a question while there is no socket.
 * @param {{socket: string, poll: string, onEvent: (event: any) => void, onState: (state: State) => void}} options
 */
export function watch({ socket, poll: address, onEvent, onState }) {
  /** @type {WebSocket | null} */
  let current = null;
  /** @type {(() => void) | null} */
  let stopPolling = null;
  let retry = FIRST_RETRY_MS;

  function connect() {
    const opened = (current = new WebSocket(socketAddress(socket)));
    opened.addEventListener("message", (message) => {
      if (opened !== current) return;
      rest();
      retry = FIRST_RETRY_MS;
      onState("live");
      onEvent(JSON.parse(message.data));
    });
    opened.addEventListener("close", (closing) => {
      if (opened === current) closed(closing.code);
    });
  }

  /** @param {number} code */
  function closed(code) {
    if (code === NOT_FOUND || code === SIGNED_OUT) { rest(); onState("gone"); return; }
    stopPolling ??= poll(() => get(address), {
      every: POLL_MS,
      onAnswer: (event) => { onEvent(event); onState("polling"); },
      onLost: () => onState("lost"),
    });
    const last = current;
    setTimeout(() => { if (last === current && last) connect(); }, retry);
    retry = Math.min(retry * 2, LONGEST_RETRY_MS);
  }

  function rest() {
    stopPolling?.();
    stopPolling = null;
  }

  connect();
  addEventListener("pagehide", () => { const last = current; current = null; last?.close(); rest(); });
  addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
}

/** @param {string} path */
function socketAddress(path) {
  const address = new URL(path, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  return address;
}

/**
 * Read again and again, with a pause of `every` milliseconds after each answer, until the function that is returned is
 * called. An answer that comes after that is dropped.
 * @template T
 * @param {() => Promise<T>} read
 * @param {{every: number, onAnswer: (answer: T) => void, onLost: () => void}} options
 * @returns {() => void}
 */
export function poll(read, { every, onAnswer, onLost }) {
  let stopped = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  async function ask() {
    /** @type {T | undefined} */
    let answer;
    let lost = false;
    try {
      answer = await read();
    } catch {
      lost = true;
    }
    if (stopped) return;
    timer = setTimeout(ask, every);
    if (lost) onLost();
    else onAnswer(/** @type {T} */ (answer));
  }

  ask();
  return () => { stopped = true; clearTimeout(timer); };
}

/**
 * Return a function that shows the state in an element that has a text for each as a data attribute.
 * @param {HTMLElement} element
 * @returns {(state: State) => void}
 */
export function showState(element) {
  return (state) => {
    if (element.dataset.state === state) return;
    element.dataset.state = state;
    element.textContent = element.dataset[state] ?? "";
  };
}
