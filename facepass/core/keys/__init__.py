"""What must be read back is sealed before it is stored, by the newest key of a ring.

sources.py             secrets from the environment, a file or a command
configured_secrets.py  which source each secret has in this installation
key_ring.py            the keys, by their ids
sealing.py             bytes to bytes, bound to a place
sealed_fields.py       fields whose columns are sealed
sealed_columns.py      all columns that are sealed
"""
