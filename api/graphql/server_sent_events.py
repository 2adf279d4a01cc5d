"""Server-sent events are framed as the protocol GraphQL over Server-Sent Events requires."""

from strawberry.http.streaming import SSETransport


class ServerSentEvents(SSETransport):
    """Ends lines with LF instead of CR LF: simple clients split at LF and take CR for a part of the JSON."""

    def encode_event(self, event: str, data: str | None = None) -> str:
        return super().encode_event(event, data).replace("\r\n", "\n")

    def encode_comment(self, comment: str) -> str:
        return super().encode_comment(comment).replace("\r\n", "\n")
