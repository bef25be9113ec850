"""What the log says: one line for one thing, and which request it goes back to."""
