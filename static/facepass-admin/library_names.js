// @ts-check
/* Names for screen readers where the libraries of the admin give none: select2's fields, and SimpleBar's boxes, which are
   no regions of the page. Both are there when the page has loaded. */

import { all, find } from "./kit/dom.js";

addEventListener("load", () => {
  for (const box of all(".simplebar-content-wrapper")) {
    box.removeAttribute("role");
    box.removeAttribute("aria-label");
  }
  for (const field of all(".select2-selection")) nameField(field);
});

/** @param {HTMLElement} field */
function nameField(field) {
  const select = field.closest(".select2-container")?.previousElementSibling;
  const label = select instanceof HTMLSelectElement ? select.labels?.[0] : undefined;
  const chosen = find(".select2-selection__rendered", field);
  if (!label || !chosen) return;
  label.id ||= `${chosen.id}-label`;
  chosen.setAttribute("aria-labelledby", label.id);
  field.setAttribute("aria-labelledby", `${label.id} ${chosen.id}`);
}
