// @ts-check
/* The field for who is in the photo and shows no face. */

import { Combobox } from "../kit/combobox.js";
import { fill } from "../kit/dom.js";

/** @typedef {import("../kit/combobox.js").Choice} Choice */

/**
 * @param {HTMLElement | null} field
 * @param {{
 *   create: string,
 *   people: (text: string) => Promise<import("../kit/combobox.js").Person[]>,
 *   choose: (choice: Choice) => void,
 *   leave: () => void,
 * }} page `create`: the text that offers a new person
 */
export function offerAlso(field, page) {
  if (!(field instanceof HTMLInputElement)) return null;
  new Combobox(field, {
    people: (text) => (text ? page.people(text) : Promise.resolve([])),
    create: (text, isKnown) => (isKnown ? null : { label: fill(page.create, { name: text }), choice: { name: text } }),
    choose: (choice) => { field.value = ""; page.choose(choice); },
    leave: () => { field.value = ""; page.leave(); },
  });
  return field;
}
