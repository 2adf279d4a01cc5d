"""The lender's own gateway sends messages, for example as SMS: each is a POST of JSON with a signature.

The header `X-Kist-Signature` is `v1=` and the HMAC-SHA-256, in hexadecimal, of the timestamp in `X-Kist-Timestamp`, a
point and the body, with the key KIST_NOTIFY_KEY. A gateway refuses old timestamps, and sends each `id` once.
"""

import base64
import hashlib
import hmac
import json
from time import time

import aiohttp

from tasks.notifications.message import SEND_SECONDS, Message, NotSentError

# Requests that may succeed a moment later.
_TRY_AGAIN = {408, 425, 429}
_CLIENT_ERROR, _SERVER_ERROR = 400, 500


class Gateway:
    def __init__(self, url: str, key: str) -> None:
        self._url, self._key = url, base64.b64decode(key)

    async def send(self, message: Message) -> None:
        body = json.dumps(message._asdict(), ensure_ascii=False).encode()
        timestamp = str(int(time()))
        headers = {
            "Content-Type": "application/json",
            "X-Kist-Timestamp": timestamp,
            "X-Kist-Signature": f"v1={signature(self._key, timestamp, body)}",
        }
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SEND_SECONDS)) as session,
                # A redirect would send the code to another address.
                session.post(self._url, data=body, headers=headers, allow_redirects=False) as response,
            ):
                status = response.status
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise NotSentError(f"the gateway cannot be reached: {type(error).__name__}") from None
        if not response.ok or status >= 300:
            is_final = status < _SERVER_ERROR and status not in _TRY_AGAIN
            raise NotSentError(f"the gateway answers {status}", final=is_final)


def signature(key: bytes, timestamp: str, body: bytes) -> str:
    return hmac.new(key, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
