/* A field in which a person is named: those whom the studio knows by what is typed, or somebody new. */

import { get } from "../faces/work_page.js";

const QUIET_MS = 120;

let serial = 0;

/* `source`: an address that answers `?q=`. `create`: what the offer of somebody new is called; without it only known
   people can be chosen. `choose({person} | {name} | {name, new})` is called on Enter or a click. */
export function combobox(input, { source, create, choose }) {
  const box = { input, source, create, choose, list: null, options: [], active: -1, timer: null, asked: "" };
  input.addEventListener("input", () => { clearTimeout(box.timer); box.timer = setTimeout(() => offer(box), QUIET_MS); });
  input.addEventListener("blur", () => setTimeout(() => close(box), 150));
  input.addEventListener("keydown", (event) => press(box, event));
}

function press(box, event) {
  if (event.isComposing) return;
  const text = box.input.value.trim();
  if (event.key === "Enter" && text) {
    event.preventDefault();
    const current = box.asked === text ? box.options[box.active] : null;
    if (!current && !box.create) return;
    pick(box, current?.choice ?? { name: text });
  } else if (["ArrowDown", "ArrowUp"].includes(event.key) && box.list) {
    event.preventDefault();
    mark(box, (box.active + (event.key === "ArrowDown" ? 1 : -1) + box.options.length) % box.options.length);
  } else if (event.key === "Escape" && box.list) {
    event.preventDefault();
    close(box);
  }
}

function pick(box, choice) {
  clearTimeout(box.timer);
  close(box);
  box.choose(choice, box.input.value.trim());
}

async function offer(box) {
  const text = box.input.value.trim();
  if (!text) { close(box); return; }
  const { people } = await get(`${box.source}?q=${encodeURIComponent(text)}`).catch(() => ({ people: [] }));
  if (text !== box.input.value.trim() || document.activeElement !== box.input) return;
  const known = people.map((person) => ({ text: person.name, note: person.note ?? "", choice: { person: person.id } }));
  const exact = people.findIndex((person) => person.name.toLowerCase() === text.toLowerCase());
  box.options = box.create ? [...known, { text, note: box.create, choice: { name: text, new: exact >= 0 } }] : known;
  box.asked = text;
  show(box);
  mark(box, exact >= 0 ? exact : (box.create ? box.options.length - 1 : 0));
}

function show(box) {
  close(box);
  if (!box.options.length) return;
  const list = document.createElement("ul");
  list.className = "fw-options";
  list.setAttribute("role", "listbox");
  list.id = `fw-options-${++serial}`;
  box.options.forEach((option, index) => {
    const row = document.createElement("li");
    row.setAttribute("role", "option");
    row.id = `${list.id}-${index}`;
    row.append(option.text);
    if (option.note) row.append(Object.assign(document.createElement("span"), { className: "fp-note", textContent: ` ${option.note}` }));
    row.addEventListener("mousedown", (event) => { event.preventDefault(); pick(box, option.choice); });
    list.append(row);
  });
  box.list = list;
  box.input.after(list);
  box.input.setAttribute("aria-expanded", "true");
  box.input.setAttribute("aria-controls", list.id);
}

function mark(box, index) {
  box.active = index;
  [...(box.list?.children ?? [])].forEach((row, at) => row.setAttribute("aria-selected", String(at === index)));
  if (box.list) box.input.setAttribute("aria-activedescendant", `${box.list.id}-${index}`);
}

function close(box) {
  box.list?.remove();
  box.list = null;
  box.active = -1;
  box.input.setAttribute("aria-expanded", "false");
  box.input.removeAttribute("aria-activedescendant");
}
