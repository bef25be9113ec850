/* A person's page: the same as somebody else, a picture of them, one more picture by which they are known. */

import { combobox } from "../kit/combobox.js";
import { Work, keys, post } from "./work_page.js";

const root = document.querySelector("[data-person-page]");
if (root) start(root);

function start(page) {
  const work = new Work(page);
  const { dataset } = page;
  const other = page.querySelector("[data-other]");
  if (other) {
    combobox(other, {
      source: dataset.othersPath,
      choose: (choice) => location.assign(`${dataset.mergePath}?other=${choice.person}`),
    });
  }
  page.addEventListener("click", (event) => {
    const button = event.target.closest("[data-avatar], [data-best]");
    if (button) work.decide(dataset.avatarPath, button.dataset.avatar ? { face: button.dataset.avatar } : {});
  });
  enrolling(page, work);
  keys(work, { u: () => work.undo() });
}

function enrolling(page, work) {
  const field = page.querySelector("[data-enrol]");
  const box = page.querySelector("[data-conflict]");
  if (!field) return;
  field.addEventListener("change", () => { if (field.files.length) send(page, work, { field, box }); });
  box.querySelector("[data-conflict-sure]").addEventListener("click", () => send(page, work, { field, box, sure: true }));
  box.querySelector("[data-conflict-drop]").addEventListener("click", () => { box.hidden = true; field.value = ""; });
}

async function send(page, work, { field, box, sure = false }) {
  const form = new FormData();
  form.append("file", field.files[0]);
  if (sure) form.append("sure", "1");
  box.hidden = true;
  try {
    const told = await post(page.dataset.enrolPath, form);
    if (told.conflict) ask(box, told.conflict);
    else { field.value = ""; work.say(told.text); work.refresh(); }
  } catch (error) {
    field.value = "";
    work.fail(error);
  }
}

function ask(box, { text, crop, path }) {
  const link = box.querySelector("[data-conflict-text]");
  link.textContent = text;
  link.href = path;
  box.querySelector("[data-conflict-crop]").innerHTML = crop; // made by the server, of numbers and its own addresses
  box.hidden = false;
}
