"""What guests' pages, staff and the API share about a guest: photos' files, records of consents, the export."""
