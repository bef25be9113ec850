"""How members of staff sign in.

pending.py          a sign-in between its first and its second step
second_factors.py   which ones somebody has, checking codes, adding, removing and resetting
totp.py recovery_codes.py passkeys.py   the three kinds
requirement.py      who must have one (REQUIRE_TWO_FACTOR)
sign_ins.py         where somebody is signed in, and signing out there
"""
