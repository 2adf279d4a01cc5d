"""AES-256-GCM with a random nonce, for short texts: Aadhaar numbers and refresh tokens.

The spill of an import encrypts by itself: its nonces are offsets, because it writes more pieces under one key than
random nonces are safe for.
"""

import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12  # the length for which AES-GCM is specified (NIST SP 800-38D, 5.2.1.1)


def encrypt(key: bytes, text: str) -> bytes:
    """12 bytes of nonce, the ciphertext, and 16 bytes of tag. The key has 32 bytes."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, text.encode(), None)


def decrypt(key: bytes, encrypted: bytes) -> str:
    """The text of `encrypt`.

    Raises:
        cryptography.exceptions.InvalidTag: the key is another one, or the ciphertext was changed.
    """
    return AESGCM(key).decrypt(encrypted[:_NONCE_BYTES], encrypted[_NONCE_BYTES:], None).decode()
