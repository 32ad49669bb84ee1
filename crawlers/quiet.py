"""A logger for libraries that would write what they read: whatever the level is set to, nothing of it comes out."""

import logging

QUIET = logging.Logger("quiet", logging.CRITICAL + 1)
QUIET.disabled = True
