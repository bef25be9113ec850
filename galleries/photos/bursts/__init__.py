"""Shots of one scene, taken within seconds: found, ordered with the best first, and shown as one."""
