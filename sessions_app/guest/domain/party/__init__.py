"""What an event may have for the party itself, each off until staff switch it on."""
