"""Trainings in the admin."""

from training.admin import trainings  # noqa: F401 - registers itself
