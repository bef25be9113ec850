"""The pages of what an event may have for the party itself."""
