"""``schema``: the JSON Schema of definition files, for editors."""

from __future__ import annotations

import json
from pathlib import Path

import click

from inprocap_flow.cli.definitions import written
from inprocap_flow.cli.session import Session, pass_session


@click.command()
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write it to FILE instead."
)
@pass_session
def schema(session: Session, output: Path | None) -> None:
    """Print the JSON Schema (2020-12) of all definition files; the first key of a file says what it is.

    An editor with a YAML language server completes and explains with it. Write it beside your definitions and name it
    in the first line of a file: # yaml-language-server: $schema=definitions.schema.json
    """
    from inprocap_flow.language.schema.export import json_schema

    text = json.dumps(json_schema(), ensure_ascii=False, indent=2)
    if output is None:
        click.echo(text)
        return
    written(output, text + "\n")
    session.answer({"written": str(output)}, [f"Written: {output}"])
