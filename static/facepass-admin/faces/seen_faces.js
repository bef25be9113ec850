// @ts-check
/* Which faces have been on the screen: in sight for a moment, not behind a bar, and with their picture loaded. While the
   page is busy none is: the list that comes may put others in their places. */

import { all, closest } from "../kit/dom.js";

/* How much of a face is in sight when it counts as seen. */
const MOSTLY = 0.75;
/* How long: nobody has looked at what flits past while the page scrolls. */
const MOMENT_MS = 300;

export class SeenFaces {
  /** @type {Set<string>} */
  #seen = new Set();
  /** Faces in sight whose moment runs, with those that came in sight together. @type {Map<HTMLElement, HTMLElement[]>} */
  #looking = new Map();
  /** @type {IntersectionObserver} */
  #observer;

  /**
   * @param {HTMLElement} root
   * @param {{hidden: {top: number, bottom: number}, onSeen: () => void}} options `hidden`: pixels of the window that
   *   bars cover
   */
  constructor(root, { hidden, onSeen }) {
    this.root = root;
    this.onSeen = onSeen;
    this.#observer = new IntersectionObserver((entries) => this.#look(entries), {
      rootMargin: `${-hidden.top}px 0px ${-hidden.bottom}px 0px`,
      threshold: MOSTLY,
    });
    // A picture that comes after its place was in sight: look again whether it still is.
    root.addEventListener("load", (event) => this.#again(closest(event, "[data-face]")), true);
  }

  /** Watch the faces that are there now, each from the start. To be called whenever others may have come. */
  watch() {
    for (const face of all("[data-face]", this.root)) this.#again(face);
  }

  /** @param {HTMLElement} face */
  has(face) {
    return this.#seen.has(face.dataset.face ?? "");
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #look(entries) {
    /** @type {HTMLElement[]} */
    const begun = [];
    for (const { target, intersectionRatio } of entries) {
      const face = /** @type {HTMLElement} */ (target);
      this.#looking.delete(face);
      if (intersectionRatio >= MOSTLY && isLoaded(face)) begun.push(face);
    }
    for (const face of begun) this.#looking.set(face, begun);
    if (begun.length) setTimeout(() => this.#saw(begun), MOMENT_MS);
  }

  /**
   * The moment is over: what has been in sight all the time is seen.
   * @param {HTMLElement[]} begun
   */
  #saw(begun) {
    if (this.root.getAttribute("aria-busy") === "true") {
      setTimeout(() => this.#saw(begun), MOMENT_MS); // where no other list comes, these are seen after all
      return;
    }
    const stayed = begun.filter((face) => face.isConnected && this.#looking.get(face) === begun);
    for (const face of stayed) {
      this.#seen.add(face.dataset.face ?? "");
      this.#looking.delete(face);
      this.#observer.unobserve(face);
    }
    if (stayed.length) this.onSeen();
  }

  /** @param {HTMLElement | null} face */
  #again(face) {
    if (!face || this.has(face)) return;
    this.#observer.unobserve(face);
    this.#observer.observe(face);
  }
}

/** @param {HTMLElement} face */
function isLoaded(face) {
  const picture = face.querySelector("img");
  return picture !== null && picture.complete && picture.naturalWidth > 0;
}
