"""What staff say of how long an event keeps what, on which legal basis, and when it ends without faces."""
