"""Two stores: Records (the truth, SQLAlchemy) and SearchIndex (derived from it, rebuilt by `kiemtin reindex`)."""
