// @ts-check
// What a guest does with the photos on show: tick, favourite, "not me". Without this module every button posts its form
// and the answer is a whole page; with it the same addresses are fetched. All texts are in the page, translated.

// Pictures' addresses last for half an hour at least; a page that was away longer fetches new ones.
const FRESH_MS = 25 * 60 * 1000;
const BLUR_SIDE = 4;

const brush = document.createElement("canvas");
brush.width = brush.height = BLUR_SIDE;
/** @type {HTMLElement} */
let root;
let fetched_at = 0;

/**
 * Watch the results inside `main`, also those that come later.
 * @param {HTMLElement} main
 */
export function watchResults(main) {
  root = main;
  enliven();
  new MutationObserver(enliven).observe(main, { childList: true, subtree: true });
  main.addEventListener("change", (event) => { if (event.target instanceof Element && event.target.matches("#chosen [name=photo]")) count(); });
  main.addEventListener("click", onClick);
  addEventListener("pageshow", count);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - fetched_at > FRESH_MS && !ticked().length) refresh();
  });
}

const form = () => /** @type {HTMLFormElement | null} */ (root.querySelector("#chosen"));
const ticked = () => {
  /** @type {NodeListOf<HTMLInputElement>} */
  const boxes = root.querySelectorAll("#chosen [name=photo]:checked");
  return [...boxes].map((box) => box.value);
};

/** Each new picture: its colours until it is there, and a square tile cut around the guest's face. */
function enliven() {
  /** @type {NodeListOf<HTMLImageElement>} */
  const images = root.querySelectorAll("img[data-blur]");
  if (!images.length) return;
  fetched_at = Date.now();
  for (const image of images) {
    const [across = 50, down = 50] = (image.dataset.focus || "").split(" ").filter(Boolean);
    image.style.objectPosition = image.style.backgroundPosition = `${across}% ${down}%`;
    if (image.dataset.blur && !image.complete) image.style.backgroundImage = `url(${painted(image.dataset.blur)})`;
    delete image.dataset.blur;
  }
  form()?.classList.add("scripted");
  count();
}

/**
 * Return the picture of a few colours that a text holds, as an address.
 * @param {string} blur
 */
function painted(blur) {
  const pixels = new ImageData(BLUR_SIDE, BLUR_SIDE);
  const bytes = atob(blur);
  for (let i = 0; i < BLUR_SIDE * BLUR_SIDE; i++) {
    for (let c = 0; c < 3; c++) pixels.data[4 * i + c] = bytes.charCodeAt(3 * i + c);
    pixels.data[4 * i + 3] = 255;
  }
  brush.getContext("2d")?.putImageData(pixels, 0, 0);
  return brush.toDataURL();
}

/** The bar is there while something is ticked. */
function count() {
  /** @type {HTMLElement | null | undefined} */
  const text = form()?.querySelector(".ticked");
  if (!text) return;
  const n = ticked().length;
  form()?.classList.toggle("choosing", n > 0);
  text.textContent = (text.dataset.text ?? "").replace("{n}", String(n));
}

/** @param {MouseEvent} event */
async function onClick(event) {
  const button = event.target instanceof Element && event.target.closest("#chosen button[formaction]");
  if (!button) return;
  const tile = button.matches(".heart") ? button.closest("li") : null;
  if (tile) {
    event.preventDefault();
    await favourite(tile);
    return;
  }
  const action = button.getAttribute("formaction")?.match(/photos\/(favourite|unfavourite|refuse|restore)\/?$/)?.[1];
  if (!action) return;
  event.preventDefault();
  if (await act(action, ticked())) await refresh();
}

/**
 * Whether the photo may be marked at all: on a shared page it may not.
 * @param {HTMLElement} tile
 */
export const mayAct = (tile) => Boolean(tile.querySelector(".heart"));
/** @param {HTMLElement} tile */
export const isFavourite = (tile) => tile.querySelector(".heart")?.getAttribute("aria-pressed") === "true";

/**
 * Turn it on or off; the heart follows at once, and goes back where the server was not reached.
 * @param {HTMLElement} tile
 */
export async function favourite(tile) {
  const heart = tile.querySelector(".heart");
  const on = !isFavourite(tile);
  heart?.setAttribute("aria-pressed", String(on));
  if (!(await act(on ? "favourite" : "unfavourite", [tile.dataset.photo ?? ""]))) heart?.setAttribute("aria-pressed", String(!on));
}

/** @param {HTMLElement} tile */
export async function refuse(tile) {
  return (await act("refuse", [tile.dataset.photo ?? ""])) && refresh();
}

/**
 * @param {string} action
 * @param {string[]} photos
 */
async function act(action, photos) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", String(new FormData(form() ?? undefined).get("csrfmiddlewaretoken")));
  for (const photo of photos) body.append("photo", photo);
  try {
    const address = (form()?.dataset.act ?? "").replace("ACTION", action);
    const response = await fetch(address, { method: "POST", body, headers: { "X-Script": "1" } });
    say(response.status === 204 ? null : "failed");
    return response.status === 204;
  } catch {
    say("failed");
    return false;
  }
}

/** The same photos anew: without what was refused, with fresh addresses. False where they could not be had. */
export async function refresh() {
  const old = root.querySelector("#results");
  if (!form() || !old) return false;
  try {
    const response = await fetch(form()?.dataset.photos ?? "");
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("#results #chosen")?.closest("#results");
    if (!fresh) return false;
    old.replaceWith(document.adoptNode(fresh));
    enliven();
    return true;
  } catch {
    return false;
  }
}

/** @param {string | null} what */
function say(what) {
  /** @type {HTMLElement | null | undefined} */
  const note = form()?.querySelector(".failed");
  if (note) note.hidden = what !== "failed";
}
