"""Two threads of compiled code that wait for each other awake.

A step of the first-order method takes a few milliseconds, and to wake a thread that sleeps may take as long.
"""

from __future__ import annotations

import os
from typing import Any

from numba import njit, types
from numba.extending import intrinsic

PATIENCE = 1_000  # looks at a flag before another thread is let onto the core
POSIX = os.name == "posix"
_let_another = types.ExternalFunction("sched_yield", types.int32())


def _load(_typing: Any, flag: Any) -> Any:
    """The first of an array of whole numbers as another thread has set it; what that one wrote before is seen too."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        return builder.load_atomic(data, "acquire", 8)

    return types.int64(flag), code


def _store(_typing: Any, flag: Any, value: Any) -> Any:
    """Set the first of an array of whole numbers, after all that was written before."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        builder.store_atomic(args[1], data, "release", 8)
        return context.get_dummy_value()

    return types.void(flag, types.int64), code


_seen: Any = intrinsic(_load)
tell: Any = intrinsic(_store)


@njit(cache=True, nogil=True)
def wait_for(flag, value):  # type: ignore[no-untyped-def]
    """Return when a flag has come to a value; where there are too few cores, other threads get this one meanwhile."""
    looks = 0
    while _seen(flag) < value:
        looks += 1
        if POSIX and looks > PATIENCE:
            _let_another()
