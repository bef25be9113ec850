"""People who asked to be left out: the places of their faces in photos, and their faces in photos that come later."""
