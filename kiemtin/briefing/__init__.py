"""The briefing as people read it: one frozen body, rendered as a page, a print, a document, a letter, a feed. The same body gives the same bytes."""
