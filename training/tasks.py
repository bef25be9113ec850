"""Chores of trainings, which workers run by their dotted names."""

from training.models import FaceTrainingSession


def settle() -> None:
    """End trainings whose job is over."""
    FaceTrainingSession.objects.all().end_with_jobs()
