"""Sums what pytest's durations say: `./kist test -vv --durations=0 | .venv/bin/python tests/durations.py`."""

import re
import sys
from collections import defaultdict

LINE = re.compile(r"\s*([\d.]+)s (?:call|setup|teardown)\s+(tests/[^:]+)")
SHOWN = 25


def main() -> None:
    by_file: dict[str, float] = defaultdict(float)
    by_folder: dict[str, float] = defaultdict(float)
    for line in sys.stdin:
        if found := LINE.match(line):
            seconds, file = float(found[1]), found[2]
            by_file[file] += seconds
            folder = file.rpartition("/")[0]
            by_folder[folder] += seconds
    for title, sums in (("folder", by_folder), ("file", by_file)):
        print(f"seconds  {title}")
        for name, seconds in sorted(sums.items(), key=lambda item: -item[1])[:SHOWN]:
            print(f"{seconds:7.1f}  {name}")
    print(f"{sum(by_file.values()):7.1f}  in all")


if __name__ == "__main__":
    main()
