"""Putting model files in place: packs and the liveness model, from the network or from files named by hand."""
