"""Server-sent events, framed as GraphQL over Server-Sent Events has them."""

from strawberry.http.streaming import SSETransport


class ServerSentEvents(SSETransport):
    """Lines that end with LF alone: simple readers split at it, and take CR for a part of the JSON."""

    def encode_event(self, event: str, data: str | None = None) -> str:
        return super().encode_event(event, data).replace("\r\n", "\n")

    def encode_comment(self, comment: str) -> str:
        return super().encode_comment(comment).replace("\r\n", "\n")
