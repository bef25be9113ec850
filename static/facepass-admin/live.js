/* A gallery's events: over a websocket while there is one, else by asking; and whoever watches is told which of them.

watch(section, {show, say}): `show(progress)` for every snapshot, `say("live" | "polling" | "lost" | "gone")`.
The section names the addresses: data-socket, data-poll. */

const POLL_MS = 2000;
const LONGEST_RETRY_MS = 30000;
const NOT_FOUND = 4404;

export function watch(section, { show, say }) {
  const page = { section, show, say, retry: 1000, timer: null, closed: false };
  connect(page);
  addEventListener("pagehide", () => { page.closed = true; page.socket?.close(); });
  // A page that comes back out of the browser's cache goes on.
  addEventListener("pageshow", (event) => { if (event.persisted) { page.closed = false; connect(page); } });
}

function connect(page) {
  const address = new URL(page.section.dataset.socket, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  page.socket = new WebSocket(address);
  page.socket.addEventListener("message", (message) => {
    stopPolling(page);
    page.retry = 1000;
    page.say("live");
    page.show(JSON.parse(message.data).progress);
  });
  page.socket.addEventListener("close", (event) => {
    if (page.closed) return;
    if (event.code === NOT_FOUND) { stopPolling(page); page.say("gone"); return; }
    startPolling(page);
    setTimeout(() => connect(page), page.retry);
    page.retry = Math.min(page.retry * 2, LONGEST_RETRY_MS);
  });
}

function startPolling(page) {
  if (page.timer) return;
  page.timer = setInterval(() => poll(page), POLL_MS);
  poll(page);
}

function stopPolling(page) {
  clearInterval(page.timer);
  page.timer = null;
}

async function poll(page) {
  try {
    const answer = await fetch(page.section.dataset.poll, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const progress = await answer.json();
    if (!page.timer) return; // the socket was faster
    page.show(progress);
    page.say("polling");
  } catch {
    if (page.timer) page.say("lost");
  }
}
