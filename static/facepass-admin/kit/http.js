/* What the staff pages ask of the server: JSON both ways, and a refusal as an error that can be shown. */

export class Refusal extends Error {
  constructor(message, { code = "", status = 0 } = {}) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/* Texts and settings that the server wrote into the page as JSON. */
export function told(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "{}");
}

export function filled(text, values) {
  return text.replace(/{(\w+)}/g, (_whole, name) => values[name]);
}

export function csrf() {
  return document.querySelector("[data-csrf]").dataset.csrf;
}

/* GET, or POST where there is a body. `texts`: what to say where the server does not. */
export async function ask(address, { body, signal, texts }) {
  const options = { credentials: "same-origin", cache: "no-store", signal, redirect: "manual" };
  if (body !== undefined) {
    options.method = "POST";
    options.body = JSON.stringify(body);
    options.headers = { "Content-Type": "application/json", "X-CSRFToken": csrf() };
  }
  let answer;
  try {
    answer = await fetch(address, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(texts.offline, { code: "offline" });
  }
  if (answer.type === "opaqueredirect") throw new Refusal(texts.signed_out, { code: "signed_out" });
  return read(answer, texts);
}

async function read(answer, texts) {
  let found;
  try {
    found = await answer.json();
  } catch {
    throw new Refusal(texts.failed, { code: "unreadable", status: answer.status });
  }
  if (answer.ok) return found;
  throw new Refusal(found.error?.message ?? texts.failed, { code: found.error?.code, status: answer.status });
}

/* An element with a class, a text and attributes. */
export function made(tag, { className = "", text, ...attributes } = {}) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
