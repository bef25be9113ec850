// @ts-check
// The slideshow on the screen at the party: one photo after the other, and what was marked meanwhile by itself.

const SHOWN_MS = 7000;

const list = /** @type {HTMLElement} */ (document.querySelector("#slides"));
const empty = /** @type {HTMLElement | null} */ (document.querySelector(".empty"));
/** What is to be shown, by address. @type {string[]} */
let addresses = [...list.querySelectorAll("img")].map((picture) => picture.getAttribute("src") ?? "");
let next = 0;

/** A photo's address without its signature, which is another one every half hour. @param {string} address */
const photoOf = (address) => address.split("?")[0];

/** Shows the next photo when it is loaded; one that cannot be loaded any more is passed over. */
async function advance() {
  if (!addresses.length) { list.replaceChildren(); return; }
  next %= addresses.length;
  const picture = new Image();
  picture.alt = "";
  picture.src = addresses[next];
  next += 1;
  try {
    await picture.decode();
  } catch {
    return;
  }
  const slide = document.createElement("li");
  slide.append(picture);
  list.append(slide);
  // The picture is laid out before it becomes visible, so that it fades in.
  slide.getBoundingClientRect();
  slide.classList.add("shown");
  for (const former of [...list.children].slice(0, -2)) former.remove();
  list.children[0] !== slide && list.children[0].classList.remove("shown");
}

/** Takes over what guests have marked since. Without a connection the photos go on as they are. */
async function refresh() {
  try {
    const response = await fetch(list.dataset.address ?? "");
    if (response.status === 404) { location.reload(); return; }
    if (!response.ok) return;
    const { photos } = await response.json();
    const known = new Set(addresses.map(photoOf));
    const fresh = photos.findIndex((/** @type {string} */ address) => !known.has(photoOf(address)));
    addresses = photos;
    if (fresh >= 0) next = fresh; // what is new comes at once
    if (empty) empty.hidden = addresses.length > 0;
  } catch {
    // Tried again at the next turn.
  }
}

list.classList.add("running");
list.replaceChildren();
advance();
setInterval(advance, SHOWN_MS);
setInterval(refresh, 1000 * Number(list.dataset.seconds) / 4);
