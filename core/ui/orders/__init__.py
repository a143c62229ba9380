"""The screen of orders, in parts."""
