"""``inprocap-flow`` and ``python -m inprocap_flow``."""

from __future__ import annotations


def main() -> None:
    """Run the command line with the arguments of this process."""
    from inprocap_flow.cli.app import inprocap_flow

    inprocap_flow(prog_name="inprocap-flow")


if __name__ == "__main__":
    main()
