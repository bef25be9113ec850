"""Whether rows and files fit together: files that are missing or damaged, files without a row, groups and counts.

checking.py  all of it, in one go        photos.py   a photo's row against its files     orphans.py  files without a row
findings.py  what is found, how far      other_files.py  photos from guests, logos       faces.py    groups and counts
repairs.py   what can be made anew       nightly.py  the chore, within bounds
"""
