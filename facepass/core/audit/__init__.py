"""The audit: who changed what, in a chain that nobody changes unseen.

acts.py        one act of somebody, as the request goes on       statements.py   what an SQL statement writes
watching.py    what is written in it, statement by statement      shown_rows.py   rows before and after
shown_values.py  which values may be told                         entries.py      the act becomes an entry
chain.py       sealing, verifying, cutting off what is old        forgetting.py   what is erased goes from here too
"""
