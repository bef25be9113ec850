"""Naming and confirming in a browser, by somebody who knows every guest by sight and does what the pages offer.

Keys and clicks are counted; the letters of names are counted apart.
"""

from collections import Counter, defaultdict

from facepass.testing.event import readable
from facepass.testing.pages.browser import wait_until_true

# Faces whose larger part is in the window and above the bar at its foot, with their pictures; measured by themselves,
# not by what the page says.
ON_SCREEN = """() => {
  const end = document.querySelector("[data-foot]").getBoundingClientRect().top;
  return [...document.querySelectorAll("[data-face]")].filter((face) => {
    const { top, bottom, height } = face.getBoundingClientRect();
    return Math.min(bottom, end) - Math.max(top, 0) >= 0.75 * height && face.querySelector("img").naturalWidth;
  }).map((face) => face.dataset.face);
}"""
# The page is at rest: what was decided is written, pictures in sight are there, and the page has noticed them.
AT_REST = f"""() => {{
  if (document.querySelector("[data-contact-sheet]").getAttribute("aria-busy") === "true") return false;
  const seen = ({ON_SCREEN})().length;
  const waiting = [...document.querySelectorAll("[data-face] img")].some((picture) =>
    !picture.complete && picture.getBoundingClientRect().top < innerHeight);
  const crossed = document.querySelectorAll("[data-face][aria-pressed=true]").length;
  return !waiting && Number(document.querySelector("[data-foot] [data-count]").textContent) + crossed >= seen;
}}"""


def at_rest(page):
    """Wait for the contact sheet to be so."""
    wait_until_true(page, AT_REST)


class Staff:
    """Somebody at the page, whose every key and click is counted."""

    def __init__(self, page, names):
        self.page, self.names = page, names
        self.counts = Counter()
        self.typing = True

    @property
    def actions(self):
        """Keys and clicks, names apart."""
        return sum(number for what, number in self.counts.items() if what not in ("names typed", "letters"))

    def press(self, key, *, as_what):
        self.page.keyboard.press(key)
        self.counts[as_what] += 1

    def click(self, face):
        self.page.locator(f'[data-face="{face}"]').click()
        self.typing = False
        self.counts["select"] += 1

    def at_letters(self):
        if self.typing:
            self.press("Escape", as_what="to the letters")
            self.typing = False

    def name(self, name):
        """By the first suggestion where it is right, else by typing."""
        first = self.page.locator(".fp-current [data-person]").first
        offered = first.inner_text().removesuffix("↵").strip() if first.count() else None
        if not self.typing:
            self.press("n", as_what="to the field")
            self.typing = True
        if offered != readable(name):
            self.page.keyboard.type(readable(name))
            self.counts["names typed"] += 1
            self.counts["letters"] += len(readable(name))
        self.press("Enter", as_what="accept" if offered == readable(name) else "enter")

    def faces_of_current(self):
        return self.page.eval_on_selector_all(".fp-current [data-face]", "faces => faces.map(f => f.dataset.face)")

    def settled(self):
        """The page is at rest: what was asked is answered, and what is shown is what there is."""
        self.page.wait_for_timeout(100)
        self.page.wait_for_selector("[data-groups]:not([aria-busy=true])")
        wait_until_true(self.page, "!document.querySelector('.fp-current [data-likes][data-asked=yes]')")

    def work(self):
        for _turn in range(400):
            self.settled()
            if not self.page.locator(".fp-current").count():
                return
            if self.page.locator(".fp-current .fp-more").count():
                self.at_letters()
                self.press("a", as_what="show all")
                self.settled()
            if not self.page.locator(".fp-current").get_attribute("data-id"):
                if not self.single():
                    return
            else:
                self.group()

    def group(self):
        faces = self.faces_of_current()
        of_guest = defaultdict(list)
        for face in faces:
            of_guest[self.names[face]].append(face)
        main = max(of_guest, key=lambda guest: len(of_guest[guest]))
        strays = [face for guest, theirs in of_guest.items() if guest != main for face in theirs]
        for face in strays:
            self.click(face)
        if strays:
            self.press("s", as_what="split")
        elif main is None:
            self.at_letters()
            self.press("r", as_what="hide")
        else:
            self.name(main)

    def single(self):
        """Faces of no group: all of one guest, or, where no guest is left, all that are shown."""
        of_guest = defaultdict(list)
        for face in self.faces_of_current():
            of_guest[self.names[face]].append(face)
        guests = [guest for guest in of_guest if guest]
        if not guests:
            return False
        for face in of_guest[guests[0]]:
            self.click(face)
        self.name(guests[0])
        return True
