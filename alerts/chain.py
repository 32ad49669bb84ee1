"""The decision log's chain: each line seals the one before it, and its words only by their digest, so that words can be erased.

line n: digest = BLAKE2b(previous digest, seq, subject, action, before, after, by, at, digest of the salted words)
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from kiemtin.domain.reviews import Decision

START = "0" * 64


def text_digest(salt: str, text: str) -> str:
    """Words without their salt cannot be guessed from the digest once both are erased."""
    return _digest(salt, text)


def seal(decision: Decision) -> Decision:
    """The line with its digest."""
    parts = (
        decision.previous,
        str(decision.seq),
        decision.subject,
        decision.action,
        decision.before,
        decision.after,
        decision.by,
        decision.at.isoformat(),
        decision.text_digest,
    )
    return replace(decision, digest=_digest(*parts))


def first_break(log: Iterable[Decision]) -> int | None:
    """The number of the first line that does not fit (changed, missing before it, or put in); None where the chain is whole."""
    previous, expected = START, 1
    for line in log:
        if line.seq != expected or line.previous != previous or seal(line).digest != line.digest:
            return expected
        previous, expected = line.digest, expected + 1
    return None


def _digest(*parts: str) -> str:
    sealed = hashlib.blake2b(digest_size=32)
    for part in parts:
        data = part.encode()
        sealed.update(len(data).to_bytes(8, "big") + data)  # the length keeps ("ab", "c") from ("a", "bc")
    return sealed.hexdigest()
