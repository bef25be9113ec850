"""What staff do because of the privacy of those whom photos show."""
