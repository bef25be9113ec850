// @ts-check
/* Finding and making elements; what the server wrote into the page for a script. */

/**
 * Return the first element that matches. Throws where there is none, or one of another type: a page and its script
 * belong together, and a page that lacks a part is a defect.
 * @template {Element} [T=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [root]
 * @param {new () => T} [type]
 * @returns {T}
 */
export function need(selector, root = document, type) {
  const found = root.querySelector(selector);
  const wanted = type ?? HTMLElement;
  if (!(found instanceof wanted)) throw new Error(`The page has no ${wanted.name} that matches ${selector}`);
  return /** @type {T} */ (found);
}

/**
 * Return the first element that matches, or null.
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {HTMLElement | null}
 */
export function find(selector, root = document) {
  return root.querySelector(selector);
}

/**
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {HTMLElement[]}
 */
export function all(selector, root = document) {
  return [...root.querySelectorAll(/** @type {"div"} */ (selector))];
}

/**
 * Return the element that matches and in which the event happened, or null.
 * @param {Event} event
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function closest(event, selector) {
  return event.target instanceof Element ? event.target.closest(selector) : null;
}

/**
 * Return an element with a class, a text and attributes.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {{className?: string, text?: string} & Record<string, string | undefined>} [options] the rest are attributes
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, { className, text, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/**
 * Return what the server wrote into the page as JSON under that id; {} where there is nothing.
 * @param {string} id
 * @returns {any} as the page's view made it
 */
export function readJson(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "{}");
}

/**
 * Return the text with each `{name}` replaced by the value of that name.
 * @param {string} text
 * @param {Record<string, unknown>} values
 */
export function fill(text, values) {
  return text.replace(/{(\w+)}/g, (_whole, name) => String(values[name]));
}

/**
 * Return the words of the kit, in the user's language: the data attributes of the notice (admin/staff/kit.html). Pages
 * without a notice have none.
 * @param {string} name
 */
export function word(name) {
  return find("[data-notice]")?.dataset[name] ?? "";
}
