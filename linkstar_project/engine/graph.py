"""Order of tasks by their dependencies, without recursion.

Chains of hundreds of tasks are ordinary, so nothing here recurses.
"""

from collections import deque


class CycleError(ValueError):
    """Tasks wait for each other; ``cycle`` lists them in order."""

    def __init__(self, cycle):
        super().__init__("cycle: " + " -> ".join(map(str, cycle)))
        self.cycle = list(cycle)


def topological_order(predecessors):
    """Return the keys so that each follows all of its predecessors.

    Ties keep the order of the mapping, so the result is deterministic.
    Predecessors that are no keys themselves are ignored.

    :param predecessors: ``{key: iterable of keys}``
    :raises CycleError: naming the keys of one cycle

    >>> topological_order({"c": ["b"], "a": [], "b": ["a"]})
    ['a', 'b', 'c']
    >>> topological_order({"a": ["b"], "b": ["a"]})
    Traceback (most recent call last):
    ...
    engine.graph.CycleError: cycle: a -> b -> a
    """
    waiting = {
        key: {before for before in befores if before in predecessors}
        for key, befores in predecessors.items()
    }
    followers = {key: [] for key in waiting}
    for key, befores in waiting.items():
        for before in befores:
            followers[before].append(key)
    position = {key: index for index, key in enumerate(waiting)}
    ready = deque(key for key, befores in waiting.items() if not befores)
    order = []
    while ready:
        key = ready.popleft()
        order.append(key)
        for after in sorted(followers[key], key=position.__getitem__):
            waiting[after].discard(key)
            if not waiting[after]:
                ready.append(after)
    if len(order) < len(waiting):
        left = {key: befores for key, befores in waiting.items() if befores}
        raise CycleError(_find_cycle(left))
    return order


def _find_cycle(waiting):
    """Follow predecessors from any key until one repeats."""
    key = next(iter(waiting))
    seen = {}
    path = []
    while key not in seen:
        seen[key] = len(path)
        path.append(key)
        key = next(before for before in waiting[key] if before in waiting)
    cycle = path[seen[key] :]
    cycle.reverse()
    start = cycle.index(min(cycle, key=str))
    cycle = cycle[start:] + cycle[:start]
    return cycle + [cycle[0]]
