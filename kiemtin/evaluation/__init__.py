"""How good the shipped models are on labelled files: nothing here learns, nothing here is part of the way from page to queue.

read a file | predict each row | score | intervals
"""
