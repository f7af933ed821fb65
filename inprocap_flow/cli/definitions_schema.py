"""``schema``: the JSON Schema of definition files, for editors."""

from __future__ import annotations

import json
from pathlib import Path

import click

from inprocap_flow.cli.definitions import file_desk, today, written
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

    It knows the names in your own files and in the shipped ones, and for every limit its value today, its article and
    whether it is confirmed. They are offered, never demanded. Write it again when files or law have changed.
    """
    from inprocap_flow.language.schema.export import json_schema
    from inprocap_flow.service.knowing import known_names

    known = known_names(file_desk(session).definitions, today(session))
    text = json.dumps(json_schema(known), ensure_ascii=False, indent=2)
    if output is None:
        click.echo(text)
        return
    written(output, text + "\n")
    session.answer({"written": str(output)}, [f"Written: {output}"])
