"""Files of every format and trait (`traits.py`), damaged at random. One format and seed, one file.

Bytes are changed, cut out, doubled or cut off, mostly at the start, where a container says what it holds.
"""

import random
from functools import cache

from facepass.testing.pictures.mutated import damaged
from facepass.testing.pictures.traits import TRAITS, quadrants

# Of the formats that are decoded; raw files are too, where the installation takes them.
FORMATS = tuple(dict.fromkeys(form for form, _trait in TRAITS if form not in {"video", "GIF"} and "PSD" not in form))
CUT_OFF = 0.2


def damaged_file(form: str, seed: int) -> bytes:
    chance = random.Random(f"{form} {seed}")
    files = _make(form, chance.choice([trait for name, trait in TRAITS if name == form]))
    data = damaged(chance.choice(files), chance)
    return data[: chance.randrange(len(data) + 1)] if chance.random() < CUT_OFF else data


@cache
def _make(form: str, trait: str) -> tuple[bytes, ...]:
    return tuple(TRAITS[form, trait](quadrants()))
