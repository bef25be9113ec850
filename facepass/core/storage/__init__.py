"""Where files are kept: a folder of this machine, or a bucket. What either refuses is 503 `storage_unavailable`."""
