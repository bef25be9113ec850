"""Photos that cameras send by FTP: the event's account, and what becomes of each file."""
