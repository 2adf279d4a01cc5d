"""One line for each event, on the error stream, with the request it belongs to."""

import logging

from resolvers.errors import request_id
from rules import aadhaar

_FORMAT = "%(asctime)s %(levelname)-7s %(name)s [%(request_id)s] %(message)s"


class _OfRequest(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        # What others say about what went wrong may quote what came in.
        return aadhaar.hidden(super().format(record))


class _InALine(logging.Filter):
    """For what happens again and again while a server is away, and every time from the same place."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[1]:
            cause = record.exc_info[1]
            record.msg, record.args = f"{record.getMessage()}: {type(cause).__name__}: {cause}", ()
            record.exc_info = None
        return True


def configure(level: str) -> None:
    """Log ours from `level` on, and of everybody else's what they warn of."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Lines(_FORMAT))
    handler.addFilter(_OfRequest())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("kist").setLevel(level.upper())
    # Strawberry would log the client's mistakes too; ours are logged where errors are presented.
    logging.getLogger("strawberry.execution").setLevel(logging.CRITICAL)
    logging.getLogger("asyncpg.pool").addFilter(_InALine())
