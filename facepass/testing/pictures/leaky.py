"""Files of pictures that say where they were taken, with what and by whom, in every place where programs write it.

Each of these values has the letters LEAK in it, numbers too.
"""

import zlib
from pathlib import Path

import exiv2
from django.conf import settings

from facepass.testing.pictures.fake import picture_of
from recognition.pictures.tag_editing import LOCK

# As texts and as a number of four bytes, whichever end comes first.
LEAKS = (b"LEAK", b"KAEL")
FORMATS = ("jpeg", "png", "webp", "heic")
HEIC = Path(settings.BASE_DIR) / "recognition" / "tests" / "data"
EXIF = {
    "Exif.Image.Make": "Canon",
    "Exif.Image.Artist": "Ann Photographer",
    "Exif.Image.ImageDescription": "at LEAK",
    "Exif.Image.XPComment": "76 69 65 75 0 0",
    "Exif.Photo.DateTimeOriginal": "2026:05:01 12:00:00",
    "Exif.Photo.OffsetTimeOriginal": "LEAK",
    "Exif.Photo.BodySerialNumber": "LEAK-4711",
    "Exif.Photo.LensSerialNumber": "LEAK-4712",
    "Exif.Photo.CameraOwnerName": "LEAK Joe",
    "Exif.Photo.ImageUniqueID": "LEAK-id",
    "Exif.Photo.UserComment": "charset=Ascii LEAK",
    "Exif.Photo.MakerNote": "76 69 65 75 76 69 65 75",
    "Exif.GPSInfo.GPSLatitudeRef": "N",
    "Exif.GPSInfo.GPSLatitude": f"{int.from_bytes(b'LEAK', 'big')}/10000000 0/1 0/1",
    "Exif.GPSInfo.GPSAreaInformation": "LEAK",
}
XMP = {
    "Xmp.exif.GPSLatitude": "51,LEAKN",
    "Xmp.aux.SerialNumber": "LEAK-4711",
    "Xmp.aux.OwnerName": "LEAK Joe",
    "Xmp.photoshop.City": "LEAK",
    "Xmp.iptc.Location": "LEAK",
    "Xmp.dc.description": "lang=x-default LEAK",
}


def leaky_file(form: str, people: list[str], *, seed: int = 0) -> bytes:
    """A picture of that format. HEIC shows nobody."""
    if form == "heic":
        return (HEIC / "turned.heic").read_bytes() + _iso_box(b"uuid", b"\0" * 16 + b"LEAK 51.5 N")
    data = _with_tags(picture_of(people, format=form, seed=seed))
    return {"jpeg": _more_jpeg, "png": _more_png, "webp": _more_webp}[form](data)


def has_leak(data: bytes) -> bool:
    """Whether any of the values is in the file, or the file says that it has a place at all."""
    if any(leak in data for leak in LEAKS):
        return True
    with LOCK:
        image = exiv2.ImageFactory.open(data)
        image.readMetadata()
        keys = [datum.key() for datum in image.exifData()]
        return bool([key for key in keys if "GPS" in key or "Serial" in key] or list(image.xmpData()))


def _with_tags(data: bytes) -> bytes:
    with LOCK:
        image = exiv2.ImageFactory.open(data)
        image.readMetadata()
        for tags, values in ((image.exifData(), EXIF), (image.xmpData(), XMP)):
            for key, value in values.items():
                tags[key] = value
        if image.mimeType() == "image/jpeg":
            image.iptcData()["Iptc.Application2.City"] = "LEAK"
            image.setComment("LEAK")
        image.writeMetadata()
        return bytes(image.io().mmap())


def _more_jpeg(data: bytes) -> bytes:
    """A maker's own block, a second picture behind the first (MPF), and a film behind that, as telephones do."""
    own = b"\xff\xe4" + (2 + 10).to_bytes(2, "big") + b"Maker LEAK"
    return data[:2] + own + data[2:] + data + _iso_box(b"moov", b"LEAK")


def _more_png(data: bytes) -> bytes:
    """A text and a program's own block before the pixels, and something behind the end."""
    own = b"".join(_png_chunk(kind, b"Location\0LEAK") for kind in (b"tEXt", b"prVt"))
    return data[:33] + own + data[33:] + b"LEAK"


def _more_webp(data: bytes) -> bytes:
    whole = data + b"OWN " + (4).to_bytes(4, "little") + b"LEAK"
    return whole[:4] + (len(whole) - 8).to_bytes(4, "little") + whole[8:] + b"LEAK"


def _png_chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")


def _iso_box(kind: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + content
