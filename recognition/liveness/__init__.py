"""Liveness: is a living person before the camera, or a picture of one?

`passive.py` classifies one picture by a network, whose file `model_files.py` finds. `active.py` judges several pictures
by the movements that the person was asked to make, and needs no network but the engine in use.
"""
