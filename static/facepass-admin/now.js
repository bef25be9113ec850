/* The first page's numbers, asked again while somebody looks at them. The server draws them. */

const EVERY_MS = 3000;

const section = document.querySelector("[data-now]");
if (section) setInterval(() => renew(section), EVERY_MS);

async function renew(section) {
  if (document.hidden) return;
  const trouble = section.querySelector("[data-trouble]");
  try {
    const answer = await fetch(section.dataset.now, { credentials: "same-origin", cache: "no-store", redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    const text = await answer.text();
    const part = section.querySelector("[data-part]");
    if (!part.contains(document.activeElement)) part.innerHTML = text;
    trouble.hidden = true;
  } catch {
    trouble.textContent = section.dataset.lost;
    trouble.hidden = false;
  }
}
