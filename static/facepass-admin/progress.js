/* A gallery's progress: over a websocket while there is one, else by asking; and it says which of them. */

const POLL_MS = 2000;
const LONGEST_RETRY_MS = 30000;
const NOT_FOUND = 4404;

const section = document.querySelector("[data-progress]");
if (section) start(section);

function start(section) {
  const page = { section, retry: 1000, timer: null, closed: false };
  connect(page);
  addEventListener("pagehide", () => { page.closed = true; page.socket?.close(); });
}

function connect(page) {
  const address = new URL(page.section.dataset.socket, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  page.socket = new WebSocket(address);
  page.socket.addEventListener("message", (message) => {
    stopPolling(page);
    page.retry = 1000;
    say(page, "live");
    show(page, JSON.parse(message.data).progress);
  });
  page.socket.addEventListener("close", (event) => {
    if (page.closed) return;
    if (event.code === NOT_FOUND) { stopPolling(page); say(page, "gone"); return; }
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
    show(page, progress);
    say(page, "polling");
  } catch {
    if (page.timer) say(page, "lost");
  }
}

function say(page, state) {
  const status = page.section.querySelector("[data-status]");
  if (status.dataset.state === state) return;
  status.dataset.state = state;
  status.textContent = page.section.dataset[state];
}

function show(page, progress) {
  const number = new Intl.NumberFormat(page.section.lang || undefined, { maximumFractionDigits: 2 });
  const done = progress.processed + progress.failed;
  const bar = page.section.querySelector("[data-bar]");
  bar.max = progress.total || 1;
  bar.value = done;
  const values = {
    total: number.format(progress.total),
    processed: number.format(progress.processed),
    waiting: number.format(progress.pending + progress.processing),
    failed: number.format(progress.failed),
    faces: number.format(progress.faces),
    rate: number.format(progress.photos_per_second),
    left: duration(page, progress.eta_seconds),
  };
  for (const [name, text] of Object.entries(values)) {
    page.section.querySelector(`[data-value="${name}"]`).textContent = text;
  }
  page.section.querySelector('[data-value="failed"]').classList.toggle("fp-bad", progress.failed > 0);
}

function duration(page, seconds) {
  if (seconds === null || seconds === 0) return "–";
  const { second, minute, hour } = page.section.dataset;
  if (seconds < 90) return `${Math.ceil(seconds)} ${second}`;
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} ${minute}`;
  return `${(seconds / 3600).toFixed(1)} ${hour}`;
}
