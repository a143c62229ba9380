"""Bringing a due post to DeviantArt: claim, steps, look-ups, retries.

Read in this order: ``work`` (what is known of a post), ``plan`` (what comes next), ``claims``
(who may do it), ``runner`` (doing it), ``ledger`` (writing down what came of it), ``retries``
(what an error means).
"""
