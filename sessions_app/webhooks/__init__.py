"""Events on their way to partner apps.

outbox.py     makes deliveries of an event            signing.py  what proves that a delivery came from here
transport.py  sends one, to public addresses only     courier.py  the process that delivers
"""
