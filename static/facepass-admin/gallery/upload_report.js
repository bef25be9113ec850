// @ts-check
/* What was not added by an upload: refusals first, by kind and with advice, then what the gallery has already. */

import { all, fill, find, make, need } from "../kit/dom.js";
import { notify } from "../kit/notice.js";

/** @typedef {import("./upload_queue.js").Entry} Entry */

/* Kinds in the order in which they show; what else a server refuses comes before what is there already. */
const ORDER = ["raw", "video", "unsupported_type", "image_too_large", "not_an_image", "truncated_image", "other", "refused", "duplicate"];

export class UploadReport {
  /**
   * @param {HTMLElement} section
   * @param {Record<string, string>} texts
   */
  constructor(section, texts) {
    this.element = need("[data-named]", section);
    this.copyButton = need("[data-copy]", section);
    this.texts = texts;
    this.copyButton.addEventListener("click", () => this.#copy());
  }

  /**
   * @param {Entry} entry
   * @param {HTMLElement} row
   */
  add(entry, row) {
    const kind = entry.state === "duplicate" ? "duplicate" : ORDER.includes(entry.reason) ? entry.reason : "refused";
    const group = find(`[data-kind="${kind}"]`, this.element) ?? this.#newGroup(kind);
    need("ul", group).append(row);
    need("[data-number]", group).textContent = `(${need("ul", group).children.length})`;
    if (kind !== "duplicate") this.copyButton.hidden = false;
  }

  /** @param {string} kind */
  #newGroup(kind) {
    const heading = make("p", { className: "fp-reason" }, this.texts[`kind_${kind}`] ?? "", " ", make("span", { "data-number": "" }));
    const group = make("div", { "data-kind": kind }, heading, make("ul"));
    const next = all("[data-kind]", this.element).find((other) => ORDER.indexOf(other.dataset.kind ?? "") > ORDER.indexOf(kind));
    this.element.insertBefore(group, next ?? null);
    return group;
  }

  /** What was refused, one file a line below its kind. */
  get #text() {
    const groups = all("[data-kind]", this.element).filter((group) => group.dataset.kind !== "duplicate");
    const names = (/** @type {HTMLElement} */ group) => all("li .fp-name", group).map((name) => name.textContent);
    return groups.map((group) => [this.texts[`kind_${group.dataset.kind}`], ...names(group)].join("\n")).join("\n\n");
  }

  async #copy() {
    const number = all('[data-kind]:not([data-kind="duplicate"]) li', this.element).length;
    await copyText(this.#text);
    notify(fill(this.texts.copied ?? "", { number }));
  }
}

/**
 * Browsers have a clipboard for pages that came by TLS; others copy what is selected.
 * @param {string} text
 */
async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = make("textarea", { className: "fp-away" });
  document.body.append(field);
  field.value = text;
  field.select();
  document.execCommand("copy");
  field.remove();
}
