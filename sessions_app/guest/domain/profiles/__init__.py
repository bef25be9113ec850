"""The people who share one device: each is a guest of their own, with their own photos, favourites, links and news."""
