"""The bridge to Pixora, whose database FacePass may only read. It is built as if Pixora were down half of the time.

gateway.py  queries it, within a time limit    breaker.py  stops queries while it does not answer
mirror.py   keeps copies of its sessions       sync.py     looks for what changed there
router.py   which models live there            demo.py     a database like Pixora's, to try and to test the bridge
connection_state.py says for health and metrics how the connection is.
Only `sessions_app.session_access` and the sync know of it: everything else reads `PhotoSession`.
"""
