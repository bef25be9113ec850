"""Pages for guests: find me in the photos of this session."""
