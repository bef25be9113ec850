// @ts-check
/* Whom a group is like, of the people that the studio knows, as buttons beside its name field. */

import { find, make } from "../kit/dom.js";
import { get, Refusal } from "../kit/http.js";

/** @typedef {{id: string, name: string, similarity: number, crop: string}} Like */

/**
 * Ask when it is the group's turn; and `again` when somebody may have become known meanwhile.
 * @param {HTMLElement} card
 * @param {{again?: boolean}} [options]
 */
export async function suggest(card, { again = false } = {}) {
  const place = find("[data-likes]", card);
  if (!place || (place.dataset.asked && !again)) return;
  place.dataset.asked = "yes";
  try {
    /** @type {{people: Like[]}} */
    const { people } = await get(card.dataset.like ?? "");
    place.replaceChildren(...people.map(button));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    place.replaceChildren(); // without a suggestion the name is typed
  }
  place.dataset.asked = "done";
}

/**
 * @param {Like} person
 * @param {number} index
 */
function button({ id, name, similarity, crop }, index) {
  const made = make("button", { type: "button", className: "fp-like", tabindex: "-1", title: String(similarity) });
  made.dataset.person = id;
  made.innerHTML = crop; // made by the server, of numbers and its own addresses
  made.append(name, make("kbd", { text: index ? String(index + 1) : "↵" }));
  return made;
}
