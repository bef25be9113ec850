"""How long what belongs to an event is kept: periods by level, deadlines, and the chore that deletes at them."""
