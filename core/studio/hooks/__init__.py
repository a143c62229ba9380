"""Hooks: what an order does with a call before it is made, and with a picture after it came."""
