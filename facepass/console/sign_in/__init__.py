"""Pages about signing in: the login page and its second step, and the page of one's own account.

password_page.py second_step.py passkey_step.py provider_pages.py   coming in
finishing.py                                       what all of these end in
account.py authenticator_app.py passkeys.py        how one signs in oneself, and where
people.py                                          for owners: who has a second factor, and resetting it
"""
