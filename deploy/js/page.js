/* As much of a browser's page as the console's kit touches, so that its tests need nothing but Node: a tree of elements
 * with attributes and bubbling events, a clock that the test moves, and a server and a socket that the test plays. */

const SELECTOR = /^([a-z]*)((?:\[[^\]]+\]|\.[\w-]+|:[\w-]+)*)$/;

class EventOf {
  constructor(type, init = {}) {
    Object.assign(this, { type, bubbles: false, defaultPrevented: false, target: null }, init);
  }

  preventDefault() { this.defaultPrevented = true; }

  getModifierState(name) { return Boolean(this[name]); }
}

class Target {
  #listeners = new Map();

  addEventListener(type, listener) {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  dispatchEvent(event) {
    event.target ??= this;
    for (const listener of this.#listeners.get(event.type) ?? []) listener(event);
    const next = this.parent ?? (this === globalThis.window ? null : globalThis.window);
    if (event.bubbles) next?.dispatchEvent(event);
    return !event.defaultPrevented;
  }
}

class ElementOf extends Target {
  parent = null;
  children = [];
  attributes = new Map();
  listed = new Set();
  style = {};
  value = "";
  own = "";

  constructor(tag) {
    super();
    this.tag = tag;
    this.dataset = new Proxy({}, {
      get: (_, name) => this.getAttribute(attributeOf(name)) ?? undefined,
      set: (_, name, value) => { this.setAttribute(attributeOf(name), value); return true; },
    });
    this.classList = {
      contains: (name) => this.listed.has(name),
      add: (name) => this.listed.add(name),
      remove: (name) => this.listed.delete(name),
      toggle: (name, force = !this.listed.has(name)) => { if (force) this.listed.add(name); else this.listed.delete(name); },
    };
  }

  set className(text) { this.listed.clear(); for (const name of text.split(" ")) this.listed.add(name); }

  get id() { return this.getAttribute("id") ?? ""; }

  get hidden() { return this.attributes.has("hidden"); }

  set hidden(is) { if (is) this.setAttribute("hidden", ""); else this.removeAttribute("hidden"); }

  get open() { return this.attributes.has("open"); }

  showModal() { this.setAttribute("open", ""); }

  close() { this.removeAttribute("open"); }

  get textContent() { return this.own + this.children.map((child) => child.textContent).join(""); }

  set textContent(text) { this.children = []; this.own = text; }

  getAttribute(name) { return this.attributes.get(name) ?? null; }

  setAttribute(name, value) { this.attributes.set(name, String(value)); }

  removeAttribute(name) { this.attributes.delete(name); }

  append(...nodes) {
    for (const node of nodes) {
      const child = typeof node === "string" ? Object.assign(new ElementOf("#text"), { own: node }) : node;
      child.remove();
      child.parent = this;
      this.children.push(child);
    }
  }

  after(node) {
    node.remove();
    node.parent = this.parent;
    this.parent.children.splice(this.parent.children.indexOf(this) + 1, 0, node);
  }

  remove() {
    if (this.parent) this.parent.children = this.parent.children.filter((child) => child !== this);
    this.parent = null;
  }

  replaceChildren(...nodes) {
    for (const child of [...this.children]) child.remove();
    this.own = "";
    this.append(...nodes);
  }

  matches(selectors) {
    return selectors.split(",").some((selector) => {
      const [, tag, parts] = SELECTOR.exec(selector.trim());
      return (!tag || tag === this.tag) && (parts.match(/\[[^\]]+\]|\.[\w-]+|:[\w-]+/g) ?? []).every((part) => this.#has(part));
    });
  }

  #has(part) {
    if (part.startsWith(".")) return this.listed.has(part.slice(1));
    if (part.startsWith(":")) return part === `:${this.state ?? ""}`;
    const [, name, value] = /^\[([\w-]+)(?:="?([^"\]]*)"?)?\]$/.exec(part);
    return value === undefined ? this.attributes.has(name) : this.getAttribute(name) === value;
  }

  closest(selector) { return this.matches(selector) ? this : (this.parent?.closest(selector) ?? null); }

  querySelectorAll(selector) {
    return this.children.flatMap((child) => [...(child.matches(selector) ? [child] : []), ...child.querySelectorAll(selector)]);
  }

  querySelector(selector) { return this.querySelectorAll(selector)[0] ?? null; }

  scrollIntoView() {}

  focus() { globalThis.document.activeElement = this; this.dispatchEvent(new EventOf("focus")); }

  blur() { globalThis.document.activeElement = globalThis.document.body; this.dispatchEvent(new EventOf("blur")); }
}

class TypedSocket extends Target {
  constructor(address) {
    super();
    this.address = String(address);
    globalThis.sockets.push(this);
  }

  say(event) { this.dispatchEvent(new EventOf("message", { data: JSON.stringify(event) })); }

  end(code = 1006) { this.dispatchEvent(new EventOf("close", { code })); }

  close() { this.end(1000); }
}

function attributeOf(name) {
  return `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/* An empty page with a notice, as admin/staff/kit.html makes it; its `body`. */
export function openPage() {
  const body = new ElementOf("body");
  const window = new Target();
  const document = Object.assign(new Target(), {
    body,
    activeElement: body,
    createElement: (tag) => new ElementOf(tag),
    getElementById: (id) => body.querySelector(`[id=${id}]`),
    querySelector: (selector) => body.querySelector(selector),
    querySelectorAll: (selector) => body.querySelectorAll(selector),
  });
  Object.assign(globalThis, {
    window, document, sockets: [], Element: ElementOf, HTMLElement: ElementOf, WebSocket: TypedSocket,
    location: { href: "https://facepass.test/admin/", protocol: "https:" },
    addEventListener: (type, listener) => window.addEventListener(type, listener),
  });
  body.append(element("p", {
    "data-notice": "", "data-csrf": "token", "data-offline": "No connection.", "data-signed-out": "Signed out.",
    "data-forbidden": "Not for you.", "data-failed": "Failed.", "data-undo-label": "Undo", hidden: "",
  }), element("p", { "data-working": "", hidden: "" }));
  return body;
}

export function element(tag, attributes = {}, ...children) {
  const made = new ElementOf(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/* Presses a key where the focus is. Returns whether a script took it. */
export function press(key, { on = globalThis.document.activeElement, code = "", ...more } = {}) {
  return !on.dispatchEvent(new EventOf("keydown", { key, code, bubbles: true, ...more }));
}

export function fire(target, type, more = {}) {
  return target.dispatchEvent(new EventOf(type, { bubbles: true, ...more }));
}

export function type(input, text) {
  input.value = text;
  fire(input, "input");
}

/* What is waited for has a turn: promises that are settled, and those that wait for them. */
export async function settle() {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/* Timers that run when the test says so. `pass(ms)` lets that time pass; `real()` gives the true ones back. */
export function stopTime() {
  const { setTimeout, clearTimeout } = globalThis;
  let now = 0;
  let serial = 0;
  const waiting = new Map();
  globalThis.setTimeout = (action, ms = 0) => { waiting.set((serial += 1), { at: now + ms, action }); return serial; };
  globalThis.clearTimeout = (id) => { waiting.delete(id); };
  return {
    real: () => Object.assign(globalThis, { setTimeout, clearTimeout }),
    pass: async (ms) => {
      const end = now + ms;
      for (;;) {
        await settle();
        const [id, next] = [...waiting].sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
        if (!next || next.at > end) break;
        waiting.delete(id);
        now = next.at;
        next.action();
      }
      now = end;
      await settle();
    },
  };
}

/* A server: `answers(address, options)` returns {status, body, type}, or throws where there is no connection. What was
 * asked is kept in the list that is returned. */
export function serve(answers) {
  const asked = [];
  globalThis.fetch = async (address, options) => {
    asked.push({ address: String(address), ...options });
    const { status = 200, body = {}, type: kind = "basic" } = await answers(String(address), options);
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return { status, ok: status >= 200 && status < 300, type: kind, text: async () => text };
  };
  return asked;
}
