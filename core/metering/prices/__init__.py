"""Prices that come with the product: dated, with where they are from. Nothing is asked at the time of a call."""
