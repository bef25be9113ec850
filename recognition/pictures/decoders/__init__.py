"""Decoding that is bounded: what a file will cost, the decoder, and the processes that it runs in."""
