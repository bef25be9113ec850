"""Pages that do not let a guest in, and what they say."""
