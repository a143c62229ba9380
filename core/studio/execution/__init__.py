"""Carrying items of orders to a provider and their pictures back.

``claims`` decides who may call (limits, money, turns, leases), ``runner`` makes the calls of one item, ``calls`` is the
outside, ``keeping`` brings results into the store, ``ledger`` and ``settling`` write down what happened.
"""
