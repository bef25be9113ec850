"""Which photos of a gallery the grid shows, in which order, and what is done with many of them."""
