"""A part that FacePass needs is away: what still answers, what is told, and that nothing is lost."""
