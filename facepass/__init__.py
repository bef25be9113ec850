"""FacePass finds people in event photos by their face."""

__version__ = "0.1.0"
