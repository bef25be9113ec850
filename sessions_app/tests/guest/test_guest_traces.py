"""Nothing of a selfie stays: bytes of it are looked for in every file, every table and everything that was logged."""

import logging
import tempfile
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from facepass.testing.database import database_files, wait_for_the_log
from facepass.testing.pages.guests import address, agree, text
from facepass.testing.pictures.fake import picture_of
from galleries.matching import probe
from recognition import pipeline

pytestmark = pytest.mark.django_db(transaction=True)

# So many bytes in a row of a JPEG's data are in nothing else.
CHUNK = 24
# After the picture, so that the body is one that Django would put into a file, if it were let.
END = b"the end of this selfie"


@pytest.fixture
def log(caplog):
    """All that is logged, at the finest level."""
    with caplog.at_level(logging.DEBUG):
        yield caplog


def selfie(person="ann#2"):
    """Ann as no photo shows her, and noise above her, which is in no photo."""
    picture = cv2.imdecode(np.frombuffer(picture_of([person], size=(800, 600)), np.uint8), cv2.IMREAD_COLOR)
    picture[:120] = np.random.default_rng(7).integers(0, 255, picture[:120].shape, dtype=np.uint8)
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes() + END * 200_000


def chunks(data):
    """Pieces from all over the part that is noise; grey ground looks the same in every JPEG."""
    noise = data.index(END) // 2
    return [data[at : at + CHUNK] for at in range(1000, noise, noise // 40)] + [END]


def files():
    """Everything that FacePass and the database have written, and what lies in the system's folder for such things."""
    yield from database_files()
    for folder in (django_settings.HOME, *Path(tempfile.gettempdir()).glob("*.upload*")):
        for path in [folder] if folder.is_file() else folder.rglob("*"):
            if path.is_file() and not path.is_symlink() and "pgdata" not in path.parts:
                yield path


def contents():
    for path in files():
        with suppress(FileNotFoundError):  # the database's files come and go
            yield path, path.read_bytes()


def rows():
    """Every table of the database, as text, with bytes in hexadecimal."""
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{name}" t')
            yield from ((name, row[0]) for row in cursor.fetchall())


def test_the_test_would_find_what_was_stored(party, client, log):
    data = selfie()
    (Path(django_settings.HOME) / "left.behind").write_bytes(data)
    try:
        assert traces_on_disk(data)
    finally:
        (Path(django_settings.HOME) / "left.behind").unlink()
    party.settings = {"x": data[2000:2100].hex()}
    party.save()
    assert traces_in_rows([data[2000:2100]])


def traces_on_disk(data):
    pieces = chunks(data)
    found = []
    for path, content in contents():
        found += [str(path) for piece in pieces if piece in content]
    return found


def traces_in_rows(pieces):
    wanted = [piece.hex() for piece in pieces]
    return [(name, piece) for name, row in rows() for piece in wanted if piece in row]


def test_after_a_search_there_is_no_trace_of_the_selfie(party, client, log):
    data = selfie()
    agree(client, party)
    response = client.post(address(party), {"selfie": SimpleUploadedFile("my-face.jpg", data)})
    assert "You are in 2 photos" in text(response)
    wait_for_the_log()
    assert traces_on_disk(data) == []
    assert traces_in_rows(chunks(data)) == []
    logged = "\n".join(record.getMessage() + str(record.args) for record in log.records)
    assert "my-face" not in logged
    assert not any(piece.hex() in logged or repr(piece)[2:-1] in logged for piece in chunks(data))


def test_nor_of_what_describes_the_face(party, client, log):
    """The descriptor of this very selfie, in the form in which the database shows one, and as bytes.

    Of somebody whom no other test knows: their rows are still in the server's files.
    """
    data = selfie("nobody-but-here")
    agree(client, party)
    client.post(address(party), {"selfie": SimpleUploadedFile("my-face.jpg", data)})
    described = pipeline.describe_close_up(probe.read_picture(SimpleUploadedFile("x.jpg", data)))[0].descriptor
    wait_for_the_log()
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::halfvec::text", [str(described.tolist())])
        shown = cursor.fetchone()[0]
    assert "-0." in shown
    assert not [name for name, row in rows() if shown[1:60] in row]
    for kind in (np.float16, np.float32):
        raw = described.astype(kind).tobytes()[:64]
        assert not [path for path, content in contents() if raw in content]


def test_a_picture_that_was_refused_leaves_none_either(party, client, log):
    data = selfie()
    response = client.post(address(party), {"selfie": SimpleUploadedFile("my-face.jpg", data)})
    assert response.status_code == 403, "there is no consent"
    assert traces_on_disk(data) == []
