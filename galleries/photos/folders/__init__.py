"""Photos from a folder of this machine: what lies in it, what becomes of each file, and a folder that is watched."""
