/* What the pages share where faces are decided upon: asking the server, keys, undo, and staying live. */

import { shows, watch } from "../kit/live.js";

const QUIET_MS = 80;

export class Refusal extends Error {}

/* Posts a form, or an object as JSON; the answer's object, or a Refusal with the server's words. */
export async function post(path, body) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? cookie("csrftoken");
  const form = body instanceof FormData;
  const answer = await fetch(path, {
    method: "POST",
    credentials: "same-origin",
    headers: { "X-CSRFToken": token, ...(form ? {} : { "Content-Type": "application/json" }) },
    body: form ? body : JSON.stringify(body),
  });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(told.error?.message ?? "");
  return told;
}

export async function get(path) {
  const answer = await fetch(path, { credentials: "same-origin", cache: "no-store" });
  if (!answer.ok) throw new Refusal("");
  return answer.json();
}

function cookie(name) {
  return document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
}

/* One page of work: a part that is read again whenever something changed, and decisions that can be undone. */
export class Work {
  constructor(root, { query = () => "", onRefresh = () => {} } = {}) {
    Object.assign(this, { root, query, onRefresh, made: [], pending: null, busy: 0, asked: 0, timer: null });
    this.changing = root.querySelector("[data-changing]");
    root.querySelector("[data-help]")?.addEventListener("click", () => this.help());
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-undo]");
      if (button) this.undo(button.dataset.undo ? [button.dataset.undo] : undefined);
    });
    watch({
      socket: root.dataset.socket,
      poll: root.dataset.poll,
      onState: shows(root.querySelector("[data-status]")),
      onEvent: (event) => { if (event.version !== this.version) this.refreshSoon(); },
    });
  }

  get version() { return this.changing.querySelector("[data-version]").dataset.version; }

  /* Sends a decision; the page goes on at once, and is read again when it is made or refused. */
  decide(path, body) {
    const sent = this.send(path, body);
    this.pending = Promise.allSettled([this.pending, sent]);
    return sent;
  }

  async send(path, body) {
    this.busy += 1;
    this.root.setAttribute("aria-busy", "true");
    try {
      const told = await post(path, body);
      if (told.decisions.length) this.made.push(told.decisions);
      this.say(told.text, { undo: told.decisions.length > 0 });
      return told;
    } catch (error) {
      this.fail(error);
      return null;
    } finally {
      this.busy -= 1;
      this.refreshSoon();
    }
  }

  /* What is on its way arrives first, so that the last decision is the last one made. */
  async undo(ids) {
    await this.pending;
    const last = ids ?? this.made.pop();
    try {
      const told = await post(this.root.dataset.undoPath, last ? { decisions: last } : { of: this.root.dataset.of });
      this.say(told.decisions.length ? this.root.dataset.undone : this.root.dataset.nothing);
      await this.refresh();
      return told;
    } catch (error) {
      this.fail(error);
      return null;
    }
  }

  fail(error) {
    if (!(error instanceof Refusal) && !(error instanceof TypeError)) throw error;
    this.say(error.message && error instanceof Refusal ? error.message : this.root.dataset.failed, { bad: true });
  }

  say(text, { undo = false, bad = false } = {}) {
    const box = this.root.querySelector("[data-said]");
    box.hidden = !text;
    box.classList.toggle("fw-bad", bad);
    box.querySelector("[data-said-text]").textContent = text;
    box.querySelector("[data-undo]").hidden = !undo;
  }

  /* Several events in a row are one reading. */
  refreshSoon() {
    this.root.setAttribute("aria-busy", "true");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), QUIET_MS);
  }

  async refresh() {
    const turn = ++this.asked;
    this.root.setAttribute("aria-busy", "true");
    const address = `${this.root.dataset.listPath}?${this.query()}`;
    const answer = await fetch(address, { credentials: "same-origin", cache: "no-store" }).catch(() => null);
    const text = answer?.ok ? await answer.text() : null;
    if (turn !== this.asked || this.busy) return; // a later reading is on its way
    this.root.setAttribute("aria-busy", "false");
    if (text === null) return;
    const fresh = new DOMParser().parseFromString(text, "text/html").body.firstElementChild;
    take(this.changing.firstElementChild, fresh);
    this.onRefresh();
  }

  help() { this.root.querySelector("[data-keys]")?.showModal(); }
}

/* Takes over what changed. Cards that are the same stay the same elements; one that changed keeps what is typed in it. */
function take(old, fresh) {
  const [have, want] = [old, fresh].map((part) => part.querySelector("[data-cards]"));
  if (!want) { old.replaceWith(fresh); return; }
  const kept = new Map([...have.querySelectorAll("[data-card]")].map((card) => [card.dataset.id, card]));
  const cards = [...want.querySelectorAll("[data-card]")].map((card) => {
    const known = kept.get(card.dataset.id);
    return known?.dataset.version === card.dataset.version ? known : card;
  });
  const wanted = new Set(cards);
  const focus = cards.map((card) => carry(kept.get(card.dataset.id), card)).find(Boolean);
  for (const card of kept.values()) if (!wanted.has(card)) card.remove();
  cards.forEach((card, index) => { if (have.children[index] !== card) have.insertBefore(card, have.children[index] ?? null); });
  focus?.focus({ preventScroll: true });
  old.dataset.version = fresh.dataset.version;
  for (const part of ["[data-left]", ".fw-empty", ".fw-pages", "aside"]) swap(old, fresh, part);
}

/* What is typed and selected goes from a card to the one in its place; the field that has to have the focus again. */
function carry(old, card) {
  if (!old || old === card) return null;
  for (const face of old.querySelectorAll('[aria-pressed="true"]')) {
    card.querySelector(`[data-face="${face.dataset.face}"]`)?.setAttribute("aria-pressed", "true");
  }
  const [from, to] = [old, card].map((part) => part.querySelector("[data-name]"));
  if (!from || !to) return null;
  to.value = from.value;
  return document.activeElement === from ? to : null;
}

/* A moved element loses the focus, so the list stays where it is, and what is around it is exchanged. */
function swap(old, fresh, part) {
  const [was, becomes] = [old.querySelector(part), fresh.querySelector(part)];
  if (was && becomes) was.replaceWith(becomes);
  else if (was) was.remove();
  else if (becomes) (part === "aside" ? old : old.querySelector("section")).append(becomes);
}

/* Calls `actions[key]` for keys pressed outside of fields. Letters go by their place on the keyboard, so that they work
   in every layout. */
export function keys(work, actions) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]") || event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    if (event.key === "?") { event.preventDefault(); work.help(); return; }
    const name = event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key;
    const action = actions[name];
    if (!action || (name === "Enter" && event.target.closest("a, button:not([data-face])"))) return;
    event.preventDefault();
    action(event);
  });
}
