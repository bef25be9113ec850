"""Uploading photos in a real browser: by dropping, by choosing a folder, over a broken line and a reload."""

import base64

import pytest

from facepass.testing.pages.browser import wait_until_true
from facepass.testing.pages.photo_pages import open_grid, shoot, summary
from facepass.testing.pictures.fake import picture_of
from facepass.testing.waiting import eventually

pytestmark = pytest.mark.usefixtures("fake_engine")


def drop(page, *, files=None, handles=False):
    """Drops files `{path: bytes}` on the page. With `handles` they lie in the browser's own folder, so that the browser
    can keep them over a reload, as it keeps those of a real drop.
    """
    encoded = {path: base64.b64encode(data).decode() for path, data in files.items()}
    page.evaluate(
        """async ([files, handles]) => {
            const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
            const transfer = new DataTransfer();
            for (const [path, text] of Object.entries(files)) transfer.items.add(new File([bytes(text)], path));
            const event = new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
            if (handles) {
                const root = await navigator.storage.getDirectory();
                const folder = await root.getDirectoryHandle("camera", { create: true });
                for (const [path, text] of Object.entries(files)) {
                    const handle = await folder.getFileHandle(path, { create: true });
                    const stream = await handle.createWritable();
                    await stream.write(bytes(text));
                    await stream.close();
                }
                const item = { kind: "file", getAsFileSystemHandle: async () => folder };
                Object.defineProperty(event, "dataTransfer", { value: { items: [item], types: ["Files"] } });
            }
            document.dispatchEvent(event);
        }""",
        [encoded, handles],
    )


def pictures(number):
    return {f"IMG_{n}.jpg": picture_of([], size=(200, 150), seed=n) for n in range(number)}


def test_dropped_files_arrive_and_what_did_not_is_named(browser, server, user, gallery):
    page = browser(user, viewport={"width": 1280, "height": 900})
    open_grid(page, server, gallery)
    drop(page, files={**pictures(6), "notes.txt": b"x", "broken.jpg": b"no picture"})
    summary(page, "Done: 6 added, 0 there already, 2 refused.")
    named = page.locator("[data-named] li").all_inner_texts()
    assert {text.split("\n")[0] for text in named} == {"notes.txt", "broken.jpg"}
    page.wait_for_selector('.fp-cell .fp-name:text-is("IMG_5.jpg")')
    drop(page, files=pictures(7))
    summary(page, "Done: 7 added, 6 there already, 2 refused.")
    shoot(page, "upload")
    assert gallery.photos.count() == 7


def test_what_was_refused_stands_first_by_kind_with_advice_and_can_be_copied(browser, server, user, gallery):
    page = browser(user, viewport={"width": 1366, "height": 900})
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_grid(page, server, gallery)
    drop(page, files=pictures(1))
    summary(page, "Done: 1 added")
    drop(
        page, files={**pictures(1), "a.CR3": b"x", "b.nef": b"x", "c.mov": b"x", "d.txt": b"x", "e.gif": b"GIF89a" * 9}
    )
    summary(page, "Done: 1 added, 1 there already, 5 refused.")
    assert page.locator("[data-named] .fp-reason").all_inner_texts() == [
        "Raw files: export JPEG, or upload the previews. (2)",
        "Videos: not supported yet. (1)",
        "Formats that are not accepted: export JPEG. (1)",
        "Not pictures. (1)",
        "In the gallery already. (1)",
    ]
    shoot(page, "upload_report")
    page.click("[data-copy]")
    page.wait_for_selector("[data-notice]:has-text('Copied; files: 5.')")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Raw files: export JPEG, or upload the previews.\na.CR3\nb.nef\n\nVideos")
    assert "IMG_0" not in copied


def test_a_folder_is_chosen_with_all_that_is_in_it(browser, server, user, gallery, tmp_path):
    (tmp_path / "day" / "evening").mkdir(parents=True)
    for place, (name, data) in zip(("day", "day/evening"), pictures(2).items(), strict=True):
        (tmp_path / place / name).write_bytes(data)
    (tmp_path / "day" / ".DS_Store").write_bytes(b"x")
    page = browser(user)
    open_grid(page, server, gallery)
    page.set_input_files("[data-folder]", str(tmp_path / "day"))
    summary(page, "Done: 2 added")
    assert sorted(gallery.photos.values_list("original_name", "folder")) == [
        ("IMG_0.jpg", "day"),
        ("IMG_1.jpg", "day/evening"),
    ]


def test_three_files_are_on_their_way_at_once(browser, server, user, gallery):
    page = browser(user)
    open_grid(page, server, gallery)
    held = []
    page.route("**/upload/file/", lambda route: held.append(route))  # noqa: PLW0108 - it looks at its handler
    drop(page, files=pictures(8))
    wait_until_true(page, "document.querySelectorAll('[data-waiting] li[data-state=sending]').length === 3")
    page.wait_for_timeout(300)
    assert len(held) == 3
    page.unroute("**/upload/file/")  # what is held goes on with it
    summary(page, "Done: 8 added")


def test_a_lost_connection_is_waited_for(browser, server, user, gallery):
    page = browser(user)
    open_grid(page, server, gallery)
    page.route("**/upload/**", lambda route: route.abort())
    drop(page, files=pictures(4))
    page.wait_for_selector("[data-broken]:not([hidden]):has-text('goes on by itself')")
    page.unroute("**/upload/**")
    summary(page, "Done: 4 added, 0 there already, 0 refused.")
    assert page.is_hidden("[data-broken]")


# What is left of an upload is written down once a second.
WRITTEN_DOWN = """left => new Promise((done) => {
    const opened = indexedDB.open("facepass");
    opened.onupgradeneeded = () => opened.transaction.abort();  // the page has written nothing yet
    opened.onerror = () => done(false);
    opened.onsuccess = () => {
        const database = opened.result;
        if (!database.objectStoreNames.contains("uploads")) { database.close(); done(false); return; }
        const found = database.transaction("uploads").objectStore("uploads").getAll();
        found.onsuccess = () => { database.close(); done(found.result.some((each) => each.left.length === left)); };
    };
})"""


def break_off(page, handles):
    """Two files arrive, and the page is reloaded before the rest does."""
    arrived = []

    def let_two(route):
        arrived.append(1)
        route.continue_() if len(arrived) <= 2 else None

    page.route("**/upload/file/", let_two)
    drop(page, files=pictures(6), handles=handles)
    summary(page, "2 of 6 files")
    eventually(lambda: page.evaluate(WRITTEN_DOWN, 4))
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.unroute("**/upload/file/")  # only now: what is held goes on with it


def test_after_a_reload_the_browser_goes_on_where_it_kept_the_files(browser, server, user, gallery):
    page = browser(user)
    open_grid(page, server, gallery)
    break_off(page, handles=True)
    page.click("[data-resume]")
    summary(page, "Done: 4 added")
    assert gallery.photos.count() == 6


def test_after_a_reload_the_folder_is_dropped_again_and_nothing_is_sent_twice(browser, server, user, gallery):
    page = browser(user)
    open_grid(page, server, gallery)
    break_off(page, handles=False)
    page.wait_for_selector("[data-left]:has-text('Files left: 4')")
    assert page.is_hidden("[data-resume]")
    sent = []
    page.on("request", lambda request: sent.append(1) if request.url.endswith("/upload/file/") else None)
    drop(page, files=pictures(6))
    summary(page, "Done: 4 added, 2 there already")
    assert (gallery.photos.count(), len(sent)) == (6, 4)


def test_with_a_bucket_the_files_go_straight_there(browser, server, user, gallery, bucket):
    page = browser(user)
    puts = []
    page.on("request", lambda request: puts.append(request.url) if request.method == "PUT" else None)
    open_grid(page, server, gallery)
    drop(page, files={**pictures(3), "broken.jpg": b"no picture"})
    summary(page, "Done: 3 added, 0 there already, 1 refused.")
    assert len(puts) == 4
    assert [row.key for row in bucket.objects.filter(Prefix="incoming/")] == []
