"""Does a post say again what a watched claim says? Built for many posts and for numbers alone; nothing here keeps, returns or writes a text.

posts | spelling: words as numbers | shelf: which claims share rare pairs of words, then nearly all words | decision: does it say so, or deny it
"""
