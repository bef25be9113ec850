"""The beginning of a JPEG XL file (ISO/IEC 18181): its size, before its decoder, which knows no limit, is called."""

from typing import Final

from recognition.pictures.containers import Container, iso_media

CODESTREAM: Final = b"\xff\x0a"
CONTAINER: Final = b"\x00\x00\x00\x0cJXL \x0d\x0a\x87\x0a"
# Bits of a size that the two bits before it stand for.
_WIDTHS: Final = (9, 13, 18, 30)
# Width to height, for the three bits that stand for a usual one.
_RATIOS: Final = (None, (1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_HEADER_BYTES, _SHORTEST = 16, 4


def read(data: bytes) -> Container:
    """Return the file as one part. Its decoder turns the picture, and tells its colours by a profile."""
    return Container(
        pixels=data, turns_itself=True, is_whole=not data.startswith(CONTAINER) or iso_media.is_whole(data)
    )


def read_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height as they are stored; None where the file does not begin with them."""
    stream = _find_codestream(data)
    if not stream.startswith(CODESTREAM) or len(stream) < _SHORTEST:
        return None
    bits = _Bits(int.from_bytes(stream[2:_HEADER_BYTES], "little"))
    is_small = bits.take(1)
    height = _side(bits, is_small)
    ratio = _RATIOS[bits.take(3)]
    width = _side(bits, is_small) if ratio is None else height * ratio[0] // ratio[1]
    return width, height


class _Bits:
    """Numbers of a codestream, whose first bit is the lowest."""

    def __init__(self, value: int) -> None:
        self._value = value

    def take(self, count: int) -> int:
        taken = self._value & ((1 << count) - 1)
        self._value >>= count
        return taken


def _side(bits: _Bits, is_small: int) -> int:
    return 8 * (bits.take(5) + 1) if is_small else bits.take(_WIDTHS[bits.take(2)]) + 1


def _find_codestream(data: bytes) -> bytes:
    """Return the beginning of the codestream: bare, in a box of its own, or in several parts."""
    if not data.startswith(CONTAINER):
        return data[:_HEADER_BYTES]
    # Each part begins with its number.
    stream = iso_media.join_boxes(data, b"jxlc") or iso_media.join_boxes(data, b"jxlp", skip=4)
    return stream[:_HEADER_BYTES]
