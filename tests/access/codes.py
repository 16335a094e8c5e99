"""Codes of authenticator applications, from RFC 6238 alone."""

import hashlib
import hmac
import struct
import time
from base64 import b32decode


def totp(secret, steps=0):
    """The six digits for a secret now, or some steps of 30 seconds later."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"
