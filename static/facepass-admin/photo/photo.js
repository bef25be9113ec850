/* One photo: who is in it. Everything by key; every word is a decision, and `u` takes the last one back. */

import { Stage } from "./stage.js";
import { FaceList } from "./face_list.js";
import { ask, filled, made, told } from "../kit/http.js";
import { bind } from "../kit/keys.js";
import { shows, watch } from "../kit/live.js";
import { hide, say } from "../kit/notice.js";

const NO_ROW = "00000000-0000-0000-0000-000000000000";
const REFRESH_MS = 300;

const section = document.querySelector("[data-photo]");
if (section) start(section);

function start(section) {
  const page = {
    section,
    paths: told("fp-paths"),
    texts: told("fp-texts"),
    may: { verify: "verify" in section.dataset, edit: "edit" in section.dataset },
    query: location.search,
    id: section.dataset.photo,
    photo: null,
    place: {},
    selected: null,
    decided: [], // by this visitor in this visit: {photo, decisions}
    ahead: new Map(), // what comes next, asked for before it is wanted
    busy: 0, // what is on its way to the server, or waits for that
    work: Promise.resolve(),
    refreshing: null,
  };
  page.stage = new Stage(section.querySelector("[data-stage]"), { texts: page.texts, select: (id) => select(page, id), drawn: (box) => draw(page, box) });
  page.list = new FaceList(section.querySelector("[data-faces]"), {
    texts: page.texts,
    may: page.may,
    ask: (part, query) => ask(`${path(page, part)}${query}`, { texts: page.texts }),
    select: (id) => select(page, id),
    decide: (body, after) => decide(page, body, after),
  });
  section.addEventListener("click", (event) => clicked(page, event));
  addEventListener("popstate", () => go(page, location.pathname.split("/").at(-3), { push: false }));
  keys(page);
  watch({ ...section.dataset, onEvent: () => refresh(page), onState: shows(section.querySelector("[data-status]")) });
  go(page, page.id, { push: false });
}

function path(page, part, id = page.id) {
  return page.paths[part].replace(NO_ROW, id);
}

function fetched(page, id) {
  return ask(`${path(page, "described", id)}${page.query}`, { texts: page.texts });
}

async function go(page, id, { push = true } = {}) {
  if (!id) return;
  page.id = id;
  hide();
  let found;
  try {
    found = await (page.ahead.get(id) ?? fetched(page, id));
  } catch (refusal) {
    say(refusal.message, { bad: true });
    return;
  } finally {
    page.ahead.clear();
  }
  if (page.id !== id) return; // the next key was faster
  if (push) history.pushState(null, "", `${path(page, "faces")}${page.query}`);
  page.selected = null;
  show(page, found);
  select(page, firstOpen(page)?.id ?? null);
  lookAhead(page);
}

/* The neighbours' faces and pictures, so that an arrow key shows them at once. */
function lookAhead(page) {
  for (const id of [page.place.next, page.place.previous]) {
    if (!id) continue;
    const coming = fetched(page, id);
    page.ahead.set(id, coming);
    coming.then((found) => { new Image().src = found.photo.picture; }, () => page.ahead.delete(id));
  }
}

function show(page, { photo, place }) {
  page.photo = photo;
  if (place) page.place = place;
  const { section, texts } = page;
  section.querySelector("h2[data-name]").textContent = photo.name;
  section.querySelector("[data-place]").textContent = filled(texts.place, page.place);
  section.querySelector("[data-taken]").textContent = photo.taken;
  section.querySelector("[data-form]").href = section.dataset.formPath.replace(NO_ROW, photo.id);
  section.querySelector("[data-go=previous]").disabled = !page.place.previous;
  section.querySelector("[data-go=next]").disabled = !page.place.next;
  trouble(page);
  page.stage.show(photo);
  page.list.show(photo);
  paint(page);
}

/* Why the photo failed, or that it waits. */
function trouble(page) {
  const { photo, section, texts } = page;
  const line = section.querySelector("[data-trouble]");
  const nothing = photo.state === "processed" && !photo.faces.some((face) => !face.hidden);
  line.textContent = photo.error || (photo.state === "processed" ? (nothing ? texts.no_faces : "") : `${photo.label}. ${texts.not_yet}`);
  line.hidden = !line.textContent;
  line.classList.toggle("fp-bad", Boolean(photo.error));
  const retry = section.querySelector("[data-do=retry]");
  if (retry) retry.disabled = photo.state === "processing";
}

function select(page, id) {
  page.selected = id;
  paint(page);
}

function paint(page) {
  page.stage.mark(page.selected);
  page.list.mark(page.selected);
}

function shown(page) {
  return (page.photo?.faces ?? []).filter((face) => !face.hidden);
}

/* The next face that wants a word, from the one selected on. */
function firstOpen(page, after = null) {
  const faces = shown(page);
  const at = faces.findIndex((face) => face.id === after);
  return [...faces.slice(at + 1), ...faces.slice(0, at + 1)].find((face) => !face.verified && face.id !== after);
}

/* `after`: "next" goes on to the next face without a word, "type" also opens its field. */
async function decide(page, body, after = "stay") {
  if (!page.may.verify) return;
  const id = page.id;
  await changing(page, async () => {
    const found = await ask(path(page, "decide", id), { body, texts: page.texts });
    taken(page, found);
    if (id !== page.id) return;
    const next = after === "stay" ? null : firstOpen(page, page.selected);
    if (next) select(page, next.id);
    if (after === "type" && next) page.list.type(next.id);
    else if (after === "type") page.section.querySelector("[data-stage]").focus();
  });
}

/* One after the other, in the order of the keys: nothing that was typed fast is lost. */
function changing(page, work) {
  page.busy += 1;
  page.work = page.work
    .then(work)
    .catch((refusal) => say(refusal.message, { bad: true }))
    .finally(() => { page.busy -= 1; });
  return page.work;
}

function taken(page, found) {
  page.ahead.clear();
  if (found.decisions.length) page.decided.push({ photo: found.photo.id, decisions: found.decisions });
  if (found.photo.id === page.id) show(page, found);
  hide();
}

/* That decision, or the last one of this visit, which is known only when those before are through. */
function undo(page, chosen = null) {
  changing(page, async () => {
    const which = chosen ?? page.decided.at(-1);
    if (!which) { say(page.texts.nothing_to_undo); return; }
    const body = { verb: "undo", decisions: which.decisions };
    const found = await ask(path(page, "decide", which.photo), { body, texts: page.texts });
    page.decided = page.decided.filter((other) => !other.decisions.some((id) => which.decisions.includes(id)));
    if (which.photo !== page.id) await go(page, which.photo);
    else taken(page, found);
    say(page.texts.undone);
    history_(page, { onlyIfOpen: true });
  });
}

async function draw(page, box) {
  const id = page.id;
  await changing(page, async () => {
    const found = await ask(path(page, "draw", id), { body: box, texts: page.texts });
    taken(page, found);
    if (id === page.id) select(page, found.face);
    const text = found.described ? page.texts.described : page.texts.not_described;
    say(text, { bad: !found.described, label: page.texts.undo, action: () => undo(page) });
  });
}

async function retry(page) {
  const id = page.id;
  await changing(page, async () => {
    taken(page, await ask(path(page, "retry_one", id), { body: {}, texts: page.texts }));
    say(page.texts.waits);
  });
}

/* Somebody else, or a worker, changed something in this gallery. What is being typed stays. */
function refresh(page) {
  page.ahead.clear();
  if (page.refreshing) return;
  page.refreshing = setTimeout(async () => {
    page.refreshing = null;
    if (page.busy || page.stage.isDrawing || !page.photo) return;
    try {
      const [id, found] = [page.id, await fetched(page, page.id)];
      if (id !== page.id || page.busy || JSON.stringify(found.photo) === JSON.stringify(page.photo)) return;
      show(page, found);
      history_(page, { onlyIfOpen: true });
    } catch { /* the next event comes, and the line says whether there is a connection */ }
  }, REFRESH_MS);
}

async function history_(page, { onlyIfOpen = false } = {}) {
  const box = page.section.querySelector("[data-history]");
  if (onlyIfOpen && !box.open) return;
  try {
    const found = await ask(path(page, "decisions"), { texts: page.texts });
    const rows = found.decisions.map((decision) => line(page, decision));
    box.querySelector("ol").replaceChildren(...(rows.length ? rows : [made("li", { text: page.texts.no_history })]));
  } catch (refusal) {
    say(refusal.message, { bad: true });
  }
}

function line(page, decision) {
  const row = made("li", { className: decision.undone ? "fp-undone" : "" });
  row.append(made("span", { text: filled(page.texts.by, decision) }));
  if (decision.gone) row.append(made("span", { className: "fp-note", text: decision.gone }));
  if (decision.undone) row.append(made("em", { text: page.texts.was_undone }));
  else if (page.may.verify) {
    const button = made("button", { className: "fp-plain", type: "button", text: page.texts.undo });
    button.addEventListener("click", () => undo(page, { photo: page.id, decisions: [decision.id] }));
    row.append(button);
  }
  return row;
}

function clicked(page, event) {
  const button = event.target.closest("[data-do], [data-go]");
  if (!button) return;
  if (button.dataset.go) go(page, page.place[button.dataset.go]);
  else doing(page)[button.dataset.do]?.();
}

function doing(page) {
  const about = () => ({ faces: [page.selected] });
  const face = () => shown(page).find((each) => each.id === page.selected);
  return {
    draw: () => page.may.verify && page.stage.toggleDrawing(),
    rest: () => decide(page, { verb: "ignore_rest" }),
    retry: () => page.may.edit && retry(page),
    undo: () => undo(page),
    history: () => { const box = page.section.querySelector("[data-history]"); box.open = !box.open; },
    reject: () => face() && decide(page, { verb: "reject", ...about() }, "next"),
    confirm: () => face()?.person && decide(page, { verb: "confirm", ...about() }, "next"),
    unname: () => face()?.person && decide(page, { verb: "unname", ...about() }),
  };
}

function keys(page) {
  const act = doing(page);
  const step = (by) => () => {
    const faces = shown(page);
    const at = faces.findIndex((face) => face.id === page.selected);
    if (faces.length) select(page, faces[(at + by + faces.length) % faces.length].id);
  };
  const type = () => { if (page.selected && page.may.verify) page.list.type(page.selected); };
  page.section.querySelector("[data-history]").addEventListener("toggle", () => history_(page, { onlyIfOpen: true }));
  bind({
    ArrowRight: () => go(page, page.place.next),
    ArrowLeft: () => go(page, page.place.previous),
    ArrowDown: step(1),
    ArrowUp: step(-1),
    Enter: (event) => (event.target.closest("button:not(.fp-face), a, summary") ? false : type()),
    n: type,
    c: act.confirm,
    r: act.reject,
    Delete: act.reject,
    x: act.unname,
    i: act.rest,
    d: act.draw,
    a: act.retry,
    u: act.undo,
    h: act.history,
    g: () => { location.href = page.section.querySelector("[data-back]").href; },
    Escape: () => page.stage.endDrawing(),
  });
}
