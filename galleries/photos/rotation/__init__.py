"""Photos that somebody turned: their rows, and the files that show them so. What was uploaded stays as it is."""
