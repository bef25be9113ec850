/* Events over a websocket while there is one, else by asking; says which of them. Used by every page that is live. */

const POLL_MS = 2000;
const LONGEST_RETRY_MS = 30000;
const NOT_FOUND = 4404;

/* `socket`, `poll`: addresses. `onEvent` takes each event, and each answer to a question; `onState` takes "live",
   "polling", "lost" or "gone". */
export function watch({ socket, poll, onEvent, onState }) {
  const page = { socket, poll, onEvent, onState, retry: 1000, timer: null, closed: false };
  connect(page);
  addEventListener("pagehide", () => { page.closed = true; page.open?.close(); stopPolling(page); });
  addEventListener("pageshow", (event) => { if (event.persisted) { page.closed = false; connect(page); } });
}

function connect(page) {
  const address = new URL(page.socket, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  page.open = new WebSocket(address);
  page.open.addEventListener("message", (message) => {
    stopPolling(page);
    page.retry = 1000;
    page.onState("live");
    page.onEvent(JSON.parse(message.data));
  });
  page.open.addEventListener("close", (event) => {
    if (page.closed) return;
    if (event.code === NOT_FOUND) { stopPolling(page); page.onState("gone"); return; }
    startPolling(page);
    setTimeout(() => { if (!page.closed) connect(page); }, page.retry);
    page.retry = Math.min(page.retry * 2, LONGEST_RETRY_MS);
  });
}

function startPolling(page) {
  if (page.timer) return;
  page.timer = setInterval(() => ask(page), POLL_MS);
  ask(page);
}

function stopPolling(page) {
  clearInterval(page.timer);
  page.timer = null;
}

async function ask(page) {
  try {
    const answer = await fetch(page.poll, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const event = await answer.json();
    if (!page.timer) return; // the socket was faster
    page.onEvent(event);
    page.onState("polling");
  } catch {
    if (page.timer) page.onState("lost");
  }
}

/* Shows the state in an element that has a text for each as a data attribute. */
export function shows(element) {
  return (state) => {
    if (element.dataset.state === state) return;
    element.dataset.state = state;
    element.textContent = element.dataset[state];
  };
}
