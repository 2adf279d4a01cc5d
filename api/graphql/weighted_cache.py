"""The cache is bounded by the total weight of its entries, because clients choose the size of an entry."""

from collections import OrderedDict
from typing import Generic, TypeVar

Value = TypeVar("Value")


class WeightedCache(Generic[Value]):
    """Values by text, the least recently used dropped first. A weight is in bytes, estimated by the caller."""

    def __init__(self, most: int, most_of_one: int) -> None:
        """Bound the sum of all weights, and the weight of one entry: a single large entry must not evict all others."""
        self._most, self._most_of_one = most, most_of_one
        self._kept: OrderedDict[str, tuple[Value, int]] = OrderedDict()
        self.weight = 0

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, text: str) -> bool:
        return text in self._kept

    def get(self, text: str) -> Value | None:
        """The value, which becomes the most recently used one; None if it is not kept."""
        found = self._kept.get(text)
        if found is None:
            return None
        self._kept.move_to_end(text)
        return found[0]

    def put(self, text: str, value: Value, weight: int) -> None:
        """Keep a value unless it is too heavy, and drop the least recently used values to make room."""
        self.drop(text)
        if weight > self._most_of_one:
            return
        self._kept[text] = value, weight
        self.weight += weight
        while self.weight > self._most:
            _, (_, dropped) = self._kept.popitem(last=False)
            self.weight -= dropped

    def reweigh(self, text: str, weight: int) -> None:
        """Give a kept entry another weight."""
        if (found := self._kept.get(text)) and found[1] != weight:
            self.put(text, found[0], weight)

    def drop(self, text: str) -> None:
        """Remove an entry, if it is kept."""
        if found := self._kept.pop(text, None):
            self.weight -= found[1]
