// @ts-check
/* A person's page: the same as somebody else, a picture of them, one more picture by which they are known. */

import { Combobox } from "../kit/combobox.js";
import { closest, find, need } from "../kit/dom.js";
import { get, post } from "../kit/http.js";
import { bindKeys } from "../kit/keys.js";
import { notify } from "../kit/notice.js";
import { WorkPage } from "./work_page.js";

const root = find("[data-person-page]");
if (root) start(root);

/** @param {HTMLElement} page */
function start(page) {
  const work = new WorkPage(page);
  const other = find("[data-other]", page);
  if (other instanceof HTMLInputElement) {
    new Combobox(other, {
      people: async (text) => (await get(`${work.path("othersPath")}?q=${encodeURIComponent(text)}`)).people,
      choose: (choice) => { if ("person" in choice) location.assign(`${work.path("mergePath")}?other=${choice.person}`); },
    });
  }
  page.addEventListener("click", (event) => {
    const button = closest(event, "[data-avatar], [data-best]");
    if (button) work.decide("avatarPath", button.dataset.avatar ? { face: button.dataset.avatar } : {});
  });
  const field = find("[data-enrol]", page);
  if (field instanceof HTMLInputElement) enrolling(work, field, need("[data-conflict]", page));
  bindKeys({ u: () => { work.undo(); } });
}

/**
 * @param {WorkPage} work
 * @param {HTMLInputElement} field
 * @param {HTMLElement} box asks about a picture that looks like somebody else
 */
function enrolling(work, field, box) {
  field.addEventListener("change", () => { if (field.files?.length) send({ sure: false }); });
  need("[data-conflict-sure]", box).addEventListener("click", () => send({ sure: true }));
  need("[data-conflict-drop]", box).addEventListener("click", () => { box.hidden = true; field.value = ""; });

  /** @param {{sure: boolean}} options */
  function send({ sure }) {
    const file = field.files?.[0];
    if (!file) return;
    const form = new FormData();
    form.append("file", file);
    if (sure) form.append("sure", "1");
    for (const typed of document.querySelectorAll("input[data-consent]")) {
      if (typed instanceof HTMLInputElement) form.append(typed.dataset.consent ?? "", typed.value);
    }
    box.hidden = true;
    work.decisions.run(() => post(work.path("enrolPath"), form)).then((answer) => {
      if (answer?.conflict) { ask(box, answer.conflict); return; }
      field.value = "";
      if (answer) notify(answer.text);
      work.refresh();
    });
  }
}

/**
 * @param {HTMLElement} box
 * @param {{text: string, crop: string, path: string}} conflict
 */
function ask(box, { text, crop, path }) {
  const link = need("[data-conflict-text]", box, HTMLAnchorElement);
  link.textContent = text;
  link.href = path;
  need("[data-conflict-crop]", box).innerHTML = crop; // made by the server, of numbers and its own addresses
  box.hidden = false;
}
