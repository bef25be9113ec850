// @ts-check
/* One photo: who is in it. Everything by key; every word is a decision, and `u` takes the last one back. */

import { closest, find, need } from "../kit/dom.js";
import { bindKeys } from "../kit/keys.js";
import { showState, watch } from "../kit/live.js";
import { PhotoPage } from "./page.js";

const section = find("[data-photo]");
if (section) start(section);

/** @param {HTMLElement} section */
function start(section) {
  const page = new PhotoPage(section);
  const actions = actionsOf(page);
  section.addEventListener("click", (event) => {
    const button = closest(event, "[data-do], [data-go]");
    if (button?.dataset.go) page.go(button.dataset.go === "next" ? page.place.next : page.place.previous);
    else if (button?.dataset.do) actions[button.dataset.do]?.();
  });
  addEventListener("popstate", () => page.go(location.pathname.split("/").at(-3), { push: false }));
  bindKeys(keysOf(page, actions), { own: "[data-face]" });
  const { socket = "", poll = "" } = section.dataset;
  watch({ socket, poll, onEvent: () => page.refreshSoon(), onState: showState(need("[data-status]", section)) });
  page.go(page.id, { push: false });
}

/**
 * What can be done with the photo and its selected face, by the names that the buttons have.
 * @param {PhotoPage} page
 * @returns {Record<string, () => void>}
 */
function actionsOf(page) {
  const { may } = page;
  const about = () => ({ faces: [page.selected] });
  return {
    draw: () => { if (may.verify) page.stage.toggleDrawing(); },
    full: () => page.stage.toggleFullSize(page.face),
    rest: () => page.decide({ verb: "ignore_rest" }),
    retry: () => { if (may.edit) page.retry(); },
    left: () => { if (may.edit) page.turn(270); },
    right: () => { if (may.edit) page.turn(90); },
    undo: () => page.undo(),
    reject: () => { if (page.face) page.decide({ verb: "reject", ...about() }, "next"); },
    confirm: () => { if (page.face?.person) page.decide({ verb: "confirm", ...about() }, "next"); },
    unname: () => { if (page.face?.person) page.decide({ verb: "unname", ...about() }); },
  };
}

/**
 * @param {PhotoPage} page
 * @param {Record<string, () => void>} actions
 * @returns {Record<string, import("../kit/keys.js").Action>}
 */
function keysOf(page, { draw: d, full: z, rest: i, retry: a, undo: u, reject: r, confirm: c, unname: x, left, right }) {
  const type = () => { if (page.selected && page.may.verify) page.list.type(page.selected); };
  const back = need("[data-back]", page.section, HTMLAnchorElement);
  return /** @type {Record<string, import("../kit/keys.js").Action>} */ ({
    ArrowRight: () => { page.go(page.place.next); },
    ArrowLeft: () => { page.go(page.place.previous); },
    ArrowDown: () => page.step(1),
    ArrowUp: () => page.step(-1),
    t: (event) => (event.shiftKey ? left : right)?.(),
    Enter: type, n: type, Delete: r, a, c, d, i, r, u, x, z,
    b: () => page.also?.focus(),
    h: () => page.history.toggle(),
    g: () => { location.href = back.href; },
    Escape: () => {
      if (page.stage.isDrawing) page.stage.endDrawing();
      else page.stage.fullSize.end();
    },
  });
}
