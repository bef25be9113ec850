/* How far a training is: asks the task every second, and loads the page anew when it is over. */

const POLL_MS = 1000;
const OVER = new Set(["done", "failed", "cancelled"]);

const section = document.querySelector("[data-training]");
if (section) setTimeout(() => poll(section), POLL_MS);

async function poll(section) {
  try {
    const answer = await fetch(section.dataset.poll, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const task = await answer.json();
    if (OVER.has(task.state)) { location.reload(); return; }
    show(section, task.progress);
  } catch {
    lost(section, true);
  }
  setTimeout(() => poll(section), POLL_MS);
}

function show(section, progress) {
  section.querySelector("[data-bar]").value = progress.done;
  section.querySelector("[data-percent]").textContent = progress.done;
  lost(section, false);
}

function lost(section, isLost) {
  section.querySelector("[data-status]").dataset.state = isLost ? "lost" : "live";
  section.querySelector("[data-lost]").hidden = !isLost;
}
