"""The FTP server for cameras, on pyftpdlib: `manage.py ftp`. What becomes of a file, `sessions_app.cameras` knows."""
