"""What answers guests: parses the request, calls one function of the domain, renders. `guest_view` lets guests in."""
