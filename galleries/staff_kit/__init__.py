"""What the pages of staff and the forms of the admin both use: markup, answers to scripts, people, decisions."""
