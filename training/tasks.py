"""What the workers do for trainings every so often."""

from training.models import FaceTrainingSession


def settle() -> None:
    """Ends runs whose job is over without them."""
    FaceTrainingSession.objects.all().settle()
