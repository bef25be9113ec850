"""What `make demo` shows: a studio with a photo session that can be searched at once."""
