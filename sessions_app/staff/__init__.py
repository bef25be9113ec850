"""The page of an event, from which staff do all of its work and to which every page of it leads back."""
