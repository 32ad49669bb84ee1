"""The way through the system in plain functions:

outlets.toml | crawl | examine | derive | index | match | weigh evidence | decide | queue

Each step is idempotent and keeps its place in Records, so that a killed pass goes on where it stopped. `flows` schedules
these functions; nothing here knows of Prefect.
"""
