"""From outlets to stories: fetching politely, and turning bytes into values. Extraction is pure: no clock, no store, no network."""
