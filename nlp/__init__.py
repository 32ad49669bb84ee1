"""From story text to matched claims, in pure functions: no clock, no store, no network.

normalize | sentences | scope (theme, kind of claim) | candidates | match | denial | evidence
"""
