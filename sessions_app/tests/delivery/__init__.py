"""How photos get to guests, and what does not go with them."""
