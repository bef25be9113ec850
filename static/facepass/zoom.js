// @ts-check
// A picture that is enlarged by two fingers, a double tap, the wheel or the keys + and -, and moved while it is.

const LARGEST = 5;
const DOUBLE_TAP = 2.5;
const DOUBLE_TAP_MS = 300;
// A finger that moved less than this meant to tap.
const TAP_PIXELS = 10;

/** @typedef {{x: number, y: number}} Point */

/**
 * Make `image` zoomable inside `stage`. What is returned tells whether it is enlarged, and resets it.
 * @param {HTMLElement} stage
 * @param {HTMLImageElement} image
 */
export function zoomable(stage, image) {
  let scale = 1, x = 0, y = 0, pinched = false;
  let tapped = { time: 0, x: 0, y: 0 };
  /** By the pointer's id. @type {Map<number, Point & {from: Point}>} */
  const fingers = new Map();

  function place() {
    const most = { x: (image.clientWidth * (scale - 1)) / 2, y: (image.clientHeight * (scale - 1)) / 2 };
    x = Math.min(most.x, Math.max(-most.x, x));
    y = Math.min(most.y, Math.max(-most.y, y));
    image.style.transform = scale === 1 ? "" : `translate(${x}px, ${y}px) scale(${scale})`;
    stage.classList.toggle("enlarged", scale > 1);
  }

  /**
   * What lies under the point stays there.
   * @param {number} wanted
   * @param {Point} at
   */
  function zoom(wanted, at) {
    const box = stage.getBoundingClientRect();
    const from = { x: at.x - box.x - box.width / 2, y: at.y - box.y - box.height / 2 };
    const next = Math.min(LARGEST, Math.max(1, wanted));
    x = from.x - ((from.x - x) * next) / scale;
    y = from.y - ((from.y - y) * next) / scale;
    scale = next;
    place();
  }

  const centre = () => {
    const box = stage.getBoundingClientRect();
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };

  /** How far two fingers are apart, and where the middle between them is. */
  function span() {
    const [a, b] = [...fingers.values()];
    if (!a || !b) return null;
    return { length: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  }

  stage.addEventListener("pointerdown", (event) => {
    if (fingers.size === 0) pinched = false;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY, from: { x: event.clientX, y: event.clientY } });
  });

  stage.addEventListener("pointermove", (event) => {
    const finger = fingers.get(event.pointerId);
    if (!finger) return;
    const before = fingers.size === 2 ? span() : null;
    const moved = { x: event.clientX - finger.x, y: event.clientY - finger.y };
    [finger.x, finger.y] = [event.clientX, event.clientY];
    const after = span();
    if (before && after) {
      pinched = true;
      x += after.x - before.x;
      y += after.y - before.y;
      zoom(scale * (after.length / Math.max(1, before.length)), after);
    } else if (scale > 1) {
      x += moved.x;
      y += moved.y;
      place();
    }
  });

  /** @param {PointerEvent} event */
  function lift(event) {
    const finger = fingers.get(event.pointerId);
    fingers.delete(event.pointerId);
    if (!finger || event.type !== "pointerup" || pinched || event.button > 0) return;
    const still = Math.hypot(event.clientX - finger.from.x, event.clientY - finger.from.y) < TAP_PIXELS;
    if (!still || event.target !== image) return;
    const again = event.timeStamp - tapped.time < DOUBLE_TAP_MS;
    const near = Math.hypot(event.clientX - tapped.x, event.clientY - tapped.y) < 4 * TAP_PIXELS;
    if (again && near) zoom(scale > 1 ? 1 : DOUBLE_TAP, { x: event.clientX, y: event.clientY });
    tapped = again ? { time: 0, x: 0, y: 0 } : { time: event.timeStamp, x: event.clientX, y: event.clientY };
  }
  for (const name of /** @type {const} */ (["pointerup", "pointercancel", "pointerleave"])) stage.addEventListener(name, lift);

  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(scale * Math.exp(-event.deltaY / 400), { x: event.clientX, y: event.clientY });
  }, { passive: false });

  return {
    get busy() {
      return scale > 1 || pinched;
    },
    /** @param {string} name */
    key(name) {
      if (name === "+" || name === "=") zoom(scale * 1.5, centre());
      if (name === "-") zoom(scale / 1.5, centre());
      return ["+", "=", "-"].includes(name);
    },
    reset() {
      [scale, x, y] = [1, 0, 0];
      place();
    },
  };
}
