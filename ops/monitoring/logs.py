"""Each event is one line on standard error, with its request or job: JSON, or text on a terminal."""

import json
import logging
import sys
import threading
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

import telemetry
from rules import aadhaar
from settings import Settings

_TEXT = "%(asctime)s %(levelname)-7s %(name)s [%(about)s] %(message)s"
_NAMES = {"exc_info": "exception", "stack_info": "stack"}
_NOT_EXTRA = frozenset(RESERVED_ATTRS)
# kist itself sets these fields, which cannot hold an Aadhaar number. Searching every field would double a line's cost.
_OURS = {"level", "logger", "part", "request_id", "job_id", "trace_id", "method", "fields", "task", "time"}

logger = logging.getLogger("kist")


class _About(logging.Filter):
    """Adds the current request, job and trace to a record, from which the JSON formatter takes every extra field."""

    def filter(self, record: logging.LogRecord) -> bool:
        request, job = telemetry.request_id.get(), telemetry.job_id.get()
        if request != "-":
            record.request_id = request
        if job:
            record.job_id = job
        if telemetry.process_name:
            record.part = telemetry.process_name
        if telemetry.trace_id is not None and (trace := telemetry.trace_id()):
            record.trace_id = trace
        return True


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        called = (getattr(record, name, "") for name in ("part", "request_id", "job_id"))
        record.about = " ".join(name for name in called if name) or "-"
        # A library's error message may quote the client's input.
        return aadhaar.hidden(super().format(record))


class _InALine(logging.Filter):
    """Shortens an exception to one line, for messages that asyncpg's pool repeats while PostgreSQL does not answer."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[1]:
            cause = record.exc_info[1]
            record.msg, record.args = f"{record.getMessage()}: {type(cause).__name__}: {cause}", ()
            record.exc_info = None
        return True


class _Json(JsonFormatter):
    def __init__(self) -> None:
        super().__init__(["message"], json_serializer=_serialized)

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        # In place of the library's method, which searches the tables of its options for each field of each line.
        log_data |= {"level": record.levelname, "logger": record.name, "message": record.message}
        log_data |= {_NAMES.get(name, name): value for name, value in message_dict.items()}
        log_data |= {name: value for name, value in record.__dict__.items() if name not in _NOT_EXTRA}
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat()

    def process_log_record(self, log_data: dict[str, object]) -> dict[str, object]:
        # Before the JSON encoding, where a line break becomes \n: a number after that letter would not be found.
        for name, value in log_data.items():
            if name not in _OURS and isinstance(value, str):
                log_data[name] = aadhaar.hidden(value)
        return log_data


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else aadhaar.hidden(str(value))


# The library would create an encoder for each line.
_encode = json.JSONEncoder(ensure_ascii=False, default=_text).encode


def _serialized(line: object, **_: object) -> str:
    return _encode(line)


def configure(settings: Settings, process: str = "") -> None:
    """Log kist's records from the settings' level upwards, and those of libraries from WARNING upwards. Each line names
    the process, if it has a name.
    """
    telemetry.process_name = process
    handler = logging.StreamHandler()
    is_json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
    handler.setFormatter(_Json() if is_json else _Text(_TEXT))
    handler.addFilter(_About())
    # Lines name no thread and no process: collecting these doubles the cost of a record.
    for option in ("logThreads", "logProcesses", "logMultiprocessing", "logAsyncioTasks"):
        setattr(logging, option, False)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda thread: _uncaught(thread.exc_type, thread.exc_value, thread.exc_traceback)
    logging.getLogger("kist").setLevel(settings.log_level.upper())
    # Strawberry would log clients' errors too. resolvers.errors logs unexpected ones.
    logging.getLogger("strawberry.execution").setLevel(logging.CRITICAL)
    logging.getLogger("asyncpg.pool").addFilter(_InALine())


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is None or issubclass(kind, KeyboardInterrupt | SystemExit):
        sys.__excepthook__(kind, error or kind(), trace)
        return
    logger.critical("ended by an uncaught exception", exc_info=(kind, error, trace))
