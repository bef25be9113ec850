"""What an event may have for the party itself."""
