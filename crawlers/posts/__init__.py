"""Connectors to whole public streams, through documented interfaces that permit it. None takes an account, a channel, a hashtag or a search term (LIMITS 2).

Each reads four things of a post: its text, its time, an opaque id, and the class of its platform. The decoder knows no other field, so that
no author ever becomes a value in this program.
"""
