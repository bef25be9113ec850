"""Model packs on disk: which there are, what their files are for, who may use them, and how they are compared."""
