"""What the scripts of the staff pages say, in the language of whoever looks. A page carries them as JSON."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

Texts = dict[str, str]
# Keys and what they do. No key stands for where the next ones work.
Keys = list[tuple[list[str], str]]


def grid_texts() -> Texts:
    return {
        "empty": _("No photos yet."),
        "none_left": _("No photos match this filter."),
        "everybody": _("Everybody"),
        "chosen": _("Chosen: {number}"),
        "delete": _("Delete"),
        "delete_sure": _("Delete {number}: sure?"),
        "hidden": _("hidden from guests"),
    }


def upload_texts() -> Texts:
    return {
        "waiting": _("waiting"),
        "checking": _("checking for duplicates"),
        "sending": _("sending"),
        "accepted": _("added"),
        "duplicate": _("is in the gallery already"),
        "refused": _("refused"),
        "kind_raw": _("Raw files: export JPEG, or upload the previews."),
        "kind_video": _("Videos: not supported yet."),
        "kind_other": _("Not pictures."),
        "kind_unsupported_type": _("Formats that are not accepted: export JPEG."),
        "kind_image_too_large": _("Too large: export smaller JPEGs."),
        "kind_not_an_image": _("Damaged, or not pictures: copy them from the camera again."),
        "kind_truncated_image": _("Cut off, with nothing to show: copy them from the camera again."),
        "kind_refused": _("Refused."),
        "kind_duplicate": _("In the gallery already."),
        "copied": _("Copied; files: {number}."),
        "lost": _("The connection was lost. The upload goes on by itself as soon as it is back."),
        "total": _("{done} of {total} files, {left} left"),
        "over": _("Done: {accepted} added, {duplicate} there already, {refused} refused."),
        "resume": _("An upload was interrupted. Files left: {number}."),
        "drop_again": _(
            "An upload was interrupted. Files left: {number}. Drop the folder here again: what is in the gallery "
            "already is left out."
        ),
        "leave": _("Photos are still being sent."),
    }


def photo_texts() -> Texts:
    return {
        "place": _("{number} of {total}"),
        "unknown": _("Unknown person"),
        "create": _("New person: {name}"),
        "confirmed": _("confirmed"),
        "proposed": _("proposed"),
        "hidden": _("rejected"),
        "drawn": _("drawn by hand"),
        "group": _("faces in its group: {number}"),
        "whole_group": _("Shift+Enter names the whole group (faces: {number})."),
        "no_faces": _("No face was found."),
        "all_rejected": _("All faces of this photo were rejected or ignored."),
        "not_yet": _("This photo has not been analysed yet."),
        "draw": _("Draw a box around the face. Esc ends it."),
        "saving": _("Saving the face…"),
        "described": _("The face was added."),
        "not_described": _(
            "The face was added without a descriptor: the engine sees no face there, so no search finds it."
        ),
        "undone": _("Undone."),
        "nothing_to_undo": _("You have nothing to undo since you opened this page."),
        "waits": _("The photo waits for analysis."),
        "turned": _("The photo was turned, and waits for analysis."),
        "by": _("{kind}, by {by}, {at}"),
        "was_undone": _("undone"),
        "undo": _("Undo"),
        "no_history": _("No decisions about this photo yet."),
    }


def grid_keys() -> Keys:
    return [
        (["←", "→", "↑", "↓"], _("from photo to photo")),
        (["Enter"], _("open the photo")),
        (["1", "…", "6"], _("filters, from left to right")),
        (["p"], _("photos of one person")),
        (["/"], _("search")),
        (["x"], _("choose the photo; with Shift all up to it")),
        (["Esc"], _("choose none")),
        (["?"], _("these keys")),
    ]


def photo_keys() -> Keys:
    return [
        (["←", "→"], _("previous and next photo")),
        (["↑", "↓"], _("from face to face")),
        (["Enter", "n"], _("name the face; Enter takes the person and goes on to the next face")),
        (["Shift", "Enter"], _("the same for every face of its group")),
        (["c"], _("confirm the name that was proposed")),
        (["x"], _("take the name away")),
        (["r", "Delete"], _("not a face, or unwanted")),
        (["i"], _("ignore the faces of this photo that have no name")),
        (["z"], _("full size, around the selected face; Esc for the whole picture")),
        (["d"], _("draw a face that was missed")),
        (["b"], _("somebody who is in the photo and shows no face")),
        (["t"], _("turn the photo right; with Shift left")),
        (["a"], _("analyse the photo again")),
        (["u"], _("undo your last step")),
        (["h"], _("history")),
        (["g"], _("back to all photos")),
        (["Esc"], _("leave the field, end drawing")),
        (["?"], _("these keys")),
    ]


def group_keys() -> Keys:
    return [
        ([], _("In the name field")),
        (["Enter"], _("name the group and go on to the next; with an empty field, take the first suggestion")),
        (["↑", "↓"], _("choose from the list; with an empty field, another group")),
        (["Esc"], _("leave the field, to the keys below")),
        ([], _("Outside the name field")),
        (["↑", "↓"], _("another group")),
        (["←", "→"], _("another face")),
        ([_space_key()], _("select the face")),
        (["N", "Enter"], _("name the group, or the selected faces")),
        (["1", "2", "3"], _("take that suggestion")),
        (["S"], _("split the selected faces off")),
        (["H"], _("hide the group, or the selected faces: somebody who should not be found")),
        (["R"], _("the group, or the selected faces, are not faces")),
        (["X"], _("mark the group, to merge it with others")),
        (["M"], _("merge the marked groups; without marks, compare groups side by side")),
        (["A"], _("show all faces of the group")),
        (["O"], _("open the photo of the face")),
        (["U"], _("undo")),
    ]


def pair_keys() -> Keys:
    return [
        (["S", "Enter"], _("the same person")),
        (["N"], _("not the same")),
        ([_space_key()], _("skip")),
        (["U"], _("undo")),
    ]


def proposal_keys() -> Keys:
    return [
        (["Y", "Enter"], _("yes, it is")),
        (["N"], _("no, somebody else")),
        ([_space_key()], _("skip")),
        (["↑", "↓"], _("another face")),
        (["O"], _("open the photo of the face")),
        (["U"], _("undo")),
    ]


def sheet_keys() -> Keys:
    return [
        (["Enter", "Y"], _("confirm the faces of this person that you have seen")),
        (["A"], _("confirm every face that you have seen, of everybody")),
        (["←", "→"], _("another face")),
        ([_space_key()], _("cross the face out: it is somebody else")),
        (["↑", "↓"], _("another person")),
        (["S"], _("leave this person for later")),
        (["O"], _("open the photo of the face")),
        (["U"], _("undo")),
    ]


def _space_key() -> str:
    return pgettext("key", "Space")
