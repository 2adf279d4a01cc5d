"""A browser's refresh token travels in a cookie, and never in a body that the scripts of a page can read."""

from datetime import datetime


class SessionCookie:
    """The refresh token that a request brought in its cookie, empty if none, and what the answer does to the cookie."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.next_token = ""
        self.expires_at: datetime | None = None
        self.is_deleted = False

    def keep(self, token: str, expires_at: datetime) -> None:
        """Let the answer set the cookie."""
        self.next_token, self.expires_at, self.is_deleted = token, expires_at, False

    def delete(self) -> None:
        """Let the answer delete the cookie: its session has ended."""
        self.next_token, self.expires_at, self.is_deleted = "", None, True
