"""Exact words, restated: the code that a history has for them."""

import hashlib


def content_code(sender: str, text: str) -> int:
    """The 63-bit code of `text` and the sender's name: the first 8 bytes of the SHA-256 of `sender`, a zero byte and
    `text` (UTF-8), big-endian, with the top bit cleared."""
    digest = hashlib.sha256(sender.encode() + b"\0" + text.encode()).digest()
    return int.from_bytes(digest[:8], "big") & 0x7FFF_FFFF_FFFF_FFFF
