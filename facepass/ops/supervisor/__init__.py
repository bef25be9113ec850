"""`manage.py up`: starts database, web server and workers, restarts what dies, and stops them in order."""
