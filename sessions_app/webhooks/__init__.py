"""Events on their way to partner apps.

outbox.py     makes an event into deliveries        signing.py    what proves that it came from here
transport.py  one request, to public addresses only courier.py    the process that delivers
"""
