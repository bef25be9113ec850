"""How long what is kept of an event stays, and on which legal basis it is there."""
