"""A benchmark that fails, or whose figure is void, ends with one line that says why."""

# The lines of a child process's output that are shown with an error; the launcher shows as many.
_LAST_LINES = 15


class BenchmarkError(Exception):
    """The benchmark failed, or its figure is void. Notes have the last lines of the processes that took part."""


def last_lines(name: str, output: str) -> str:
    """Return the end of a process's output, to be added to an error as a note."""
    lines = [line for line in output.splitlines() if line.strip()][-_LAST_LINES:]
    return "\n".join([f"the last lines of {name}:", *lines]) if lines else f"{name} printed nothing"
