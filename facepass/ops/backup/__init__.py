"""Back-ups that are read back before they count: the database, the photos' files, and what has to fit to them.

A back-up is a folder `backups/ID` with the dump and the manifest, and refers to files by their digests, below `files/`:
a file that a former back-up has is not stored again. Everything is encrypted for an age key (https://age-encryption.org),
whose secret half need not be on this machine, but where a back-up is verified or restored.
"""

# The heartbeat that is renewed when a back-up was read back and found good.
VERIFIED = "backup verified"
# The one that says when a back-up took the place of the database: files that are older may have lost their rows by it.
RESTORED = "backup restored"
