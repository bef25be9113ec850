"""Tests of several people on one device, and of what guests are asked about a photo or a selfie."""
