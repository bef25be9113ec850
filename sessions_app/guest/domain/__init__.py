"""What guests' pages know and do: consent, searches, found photos, links, e-mail, erasure. It knows no request."""
