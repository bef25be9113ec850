"""What guests agree to, and how what is kept of them goes."""
