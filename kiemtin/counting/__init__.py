"""The room of the posts: from a stream to numbers in memory. What is in here writes, logs and raises no text, and is handed no store (LIMITS 2).

crawlers.posts: stream → posts | pump: batches → nlp.repeats → tally: numbers a claim, platform class and day | kiemtin.pipeline.counting: numbers → Records
"""
