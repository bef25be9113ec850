"""Is a living person before the camera, or a picture of one?

`passive.py` asks a network about one picture; `addon.py` puts that network in place. `active.py` judges several
pictures by what the person was asked to do, and needs no network but the engine in use.
"""
