"""Faces that end: at an event's deadline, with its archive, or because somebody asks to be left out."""
