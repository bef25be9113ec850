"""What guests agree to, and how what is kept of them goes: consent, withdrawal, being forgotten, hiding."""
