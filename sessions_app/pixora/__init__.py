"""The bridge to Pixora, whose database FacePass may only read, and which is built as if it were down half of the time.

gateway.py  asks it, within a time limit       breaker.py  stops asking what does not answer
mirror.py   keeps copies of its sessions       sync.py     looks for what changed there
Only `sessions_app.session_source` and the sync know of it: everything else reads `PhotoSession`.
"""
