"""Descriptors of many faces at once: in PostgreSQL's own bytes, so that a session of 50,000 is read in a second."""

from typing import Any

import numpy as np
from django.db.models import BinaryField, F, Func, QuerySet

from recognition.types import DESCRIPTOR_DIMENSION, FloatArray

# What `halfvec_send` puts before the numbers: their count, and two bytes that are not used.
HEADER = 4


def read(
    rows_of: "QuerySet[Any]", *columns: str, of: str = "insightface_descriptor"
) -> tuple[list[tuple[Any, ...]], FloatArray]:
    """Return the columns of every row, and in the same order the descriptors: float32 (n, 512).

    `of`: the column that holds them; none of them is null.
    """
    packed = Func(F(of), function="halfvec_send", output_field=BinaryField())
    rows, parts = [], []
    for *row, sent in rows_of.annotate(packed=packed).values_list(*columns, "packed").iterator(chunk_size=2000):
        rows.append(tuple(row))
        parts.append(np.frombuffer(sent, ">f2", offset=HEADER).astype(np.float32))
    return rows, np.stack(parts) if parts else np.zeros((0, DESCRIPTOR_DIMENSION), np.float32)


def as_array(value: Any) -> FloatArray:
    """Return what a HalfVectorField holds as float32 (512,)."""
    return np.asarray(value, np.float32)
