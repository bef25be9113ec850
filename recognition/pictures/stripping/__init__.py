"""Copies of pictures' files without what they say of place, camera and owner."""
