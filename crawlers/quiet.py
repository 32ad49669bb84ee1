"""A logger for libraries that would write what they read: whatever the level is set to, nothing of it comes out."""

from collections.abc import Callable


class Quiet:
    """Answers as the loggers of the standard library do, and keeps nothing of what it is told."""

    def isEnabledFor(self, _level: int) -> bool:  # the loggers' name
        return False

    def __getattr__(self, _name: str) -> Callable[..., None]:
        return _say_nothing


def _say_nothing(*_words: object, **_named: object) -> None:
    """Nothing."""
