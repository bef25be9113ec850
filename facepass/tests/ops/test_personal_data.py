"""Every table and column has a place in the list of what may hold something of somebody."""

import pytest
from django.db import connection

from facepass.ops import personal_data

# Django's and the cache's own: which migrations ran, and what can be computed again.
NOT_OURS = {"django_migrations", "django_cache"}


@pytest.mark.django_db
def test_every_column_of_the_database_is_on_the_list():
    """A new one? Say in `facepass/ops/personal_data.py` of whom it may hold something, and what erases it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
        )
        found = {pair for pair in cursor.fetchall() if pair[0] not in NOT_OURS}
    listed = {(name, column) for name, table in personal_data.TABLES.items() for column in table.columns}
    oauth = {pair for pair in found if pair[0].startswith(("oauth2_", "facepass_oauth"))}
    assert sorted(found - oauth - listed) == []
    assert sorted(listed - found) == []
