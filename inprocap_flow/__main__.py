"""``inprocap-flow`` and ``python -m inprocap_flow``."""

from __future__ import annotations

import gc
import os
import sys


def main() -> int | None:
    """Run the command line with the arguments of this process; return the exit status if click has not ended it."""
    from inprocap_flow.cli import quick

    gc.disable()  # a quick answer is over before there is anything worth collecting
    status = quick.answered(sys.argv[1:])
    if status is not None:
        return status
    gc.set_threshold(50_000, 20, 50)  # what a start makes stays until the end: looking through it again finds nothing
    gc.enable()
    from inprocap_flow.cli.app import inprocap_flow

    if quick.COMPLETING in os.environ:
        from inprocap_flow.cli import completions

        completions.register(inprocap_flow)
    inprocap_flow(prog_name="inprocap-flow")
    return None


if __name__ == "__main__":
    sys.exit(main())
