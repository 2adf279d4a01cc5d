"""The private parts of prometheus_client that kist uses: the names of the files in which several processes count, and a
port that they share."""

from prometheus_client import exposition, values

VERSION = "0.26.0"


def share(process: str) -> None:
    """Count in files of PROMETHEUS_MULTIPROC_DIR that have the process's name, and serve on a port of all processes.

    The library puts the process id into the file's name. The counts of a restarted process would start another file
    each time, and no file may be deleted, because counters must not decrease. With a name, it continues its file.
    """
    values.ValueClass = values.MultiProcessValue(lambda: process)  # type: ignore[no-untyped-call]
    exposition.ThreadingWSGIServer.allow_reuse_port = True
