"""One thing done for each of many, a few at a time, in threads that may be left."""

import queue
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
A_FEW = 8  # connections at once: a forest may have hundreds of controllers


def side_by_side(
    act: Callable[[T], None], each: Sequence[T], at_once: int = A_FEW
) -> None:
    """Do one thing for each, in order; what one breaks with is raised at the end."""
    waiting: queue.SimpleQueue[T] = queue.SimpleQueue()
    for one in each:
        waiting.put(one)
    broken: list[BaseException] = []

    def work() -> None:
        while True:
            try:
                one = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                act(one)
            except Exception as error:  # noqa: BLE001 - raised below, in the caller
                broken.append(error)

    # daemons: a controller that hangs does not keep a closed program alive
    hands = [
        threading.Thread(target=work, daemon=True)
        for _ in range(min(at_once, len(each)))
    ]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    if broken:
        raise broken[0]
