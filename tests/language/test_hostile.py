"""Whatever comes in as a file: problems with places come out, and nothing else."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inprocap_flow.errors import InvalidInput
from inprocap_flow.language.inspect import check
from inprocap_flow.language.load import load, load_organisation, load_procedure

SMALL = (Path(__file__).parent / "accepted" / "small.yaml").read_text(encoding="utf-8")

HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "only a comment": b"# nothing\n",
    "broken UTF-8": b"procedure: \xff\xfe\n",
    "UTF-16": SMALL.encode("utf-16"),
    "ten megabytes": b"procedure: x\ntitle: " + b"a" * 10_000_000 + b"\n",
    "a hundred thousand brackets": b"procedure: " + b"[" * 100_000 + b"\n",
    "deep maps": b"procedure:\n" + b"".join(b" " * depth + b"a:\n" for depth in range(1, 200)),
    "an alias bomb": b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "a list": b"- procedure\n",
    "a single word": b"procedure\n",
    "two documents": b"procedure: x\n---\nprocedure: y\n",
    "a key that is a list": b"? [a, b]\n: c\n",
    "a key with a dot": SMALL.replace("send_call:", "send.call:").encode(),
    "a stage with a separator": SMALL.replace("drafted: {}", '"drafted/ready": {}').encode(),
    "a name of a thousand letters": SMALL.replace("send_call:", f"{'a' * 1000}:").encode(),
    "a name in another script": SMALL.replace("send_call:", "sénd_call:").encode(),
    "an expression that never ends": SMALL.replace("holds: value > 0", f'holds: "{"(" * 200}"').encode(),
    "an expression that is too long": SMALL.replace("holds: value > 0", f'holds: "{"1 + " * 500}1 > 0"').encode(),
    "a power": SMALL.replace("holds: value > 0", 'holds: "9 ** 9 ** 9 > 0"').encode(),
    "an attribute": SMALL.replace("holds: value > 0", 'holds: "value.__class__ == 1"').encode(),
    "a null byte": b"procedure: x\x00y\n",
    "text that turns its direction": "procedure: x\ntitle: \u202egnihton\n".encode(),
    "a track that is its own parent": SMALL.replace("title: Offer\n", "title: Offer\n    of: offers\n").encode(),
    "a group without end": SMALL.replace("drafted: {}", "drafted: {stages: {a: {stages: {b: {stages: }}}}}").encode(),
    "an empty value everywhere": b"procedure:\nversion:\nlanguage:\ntitle:\nrulebook:\nsteps:\nstages:\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_refused_with_its_place(name: str, tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_bytes(HOSTILE[name])
    with pytest.raises(InvalidInput) as refused:
        load(path)
    assert all(problem.place.file.endswith("small.yaml") and problem.fact for problem in refused.value.problems)


def test_a_folder_or_nothing_is_no_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.yaml", tmp_path / "a\0b.yaml"):
        with pytest.raises(InvalidInput, match="cannot-read"):
            load(path)


def test_a_track_may_not_be_its_own_ancestor(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL.replace("title: Offer\n", "title: Offer\n    of: offer\n"), encoding="utf-8")
    with pytest.raises(InvalidInput, match="parent-in-circle"):
        load(path)


def test_a_rulebook_given_as_a_block_is_no_block(tmp_path: Path) -> None:
    (tmp_path / "blocks").mkdir()
    (tmp_path / "blocks" / "part.yaml").write_text("rulebook: part\nversion: 1\n", encoding="utf-8")
    path = tmp_path / "small.yaml"
    path.write_text(SMALL.replace("rulebook: none\n", "rulebook: none\ninclude: {block: part}\n"), encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        load_procedure(path)
    assert {Path(problem.place.file).name for problem in refused.value.problems} == {"part.yaml"}


def test_a_procedure_is_no_organisation(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    with pytest.raises(InvalidInput, match="missing-key"):
        load_organisation(path)


def test_changed_characters_and_lines_never_end_in_anything_but_problems(tmp_path: Path) -> None:
    seed = 20261122
    chance, refused, rounds = random.Random(seed), 0, 250
    for _ in range(rounds):
        path = tmp_path / "small.yaml"
        path.write_text(damaged(SMALL, chance), encoding="utf-8")
        refused += bool([problem for problem in check([path]) if problem.severity == "error"])
    sys.stdout.write(f"seed {seed}: {refused} of {rounds} damaged files refused\n")
    assert refused > rounds // 2


def damaged(text: str, chance: random.Random) -> str:
    """Return *text* with one to three lines dropped, doubled, swapped, cut or strewn with signs."""
    lines = text.split("\n")
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(lines))
        match chance.randrange(5):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[at])
            case 2:
                other = chance.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
            case 3:
                lines[at] = lines[at][: chance.randint(0, len(lines[at]))]
            case _:
                spot = chance.randint(0, len(lines[at]))
                lines[at] = lines[at][:spot] + chance.choice("{}[]:,#'\"-?&*!|>%@` .0aé") + lines[at][spot:]
    return "\n".join(lines)


@given(st.text(max_size=60), st.sampled_from(["value > 0", "tendering.open", "officer", "offers", "10 days", "small"]))
def test_any_text_in_any_place_is_accepted_or_refused(text: str, place: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small.yaml"
        path.write_text(SMALL.replace(place, text, 1), encoding="utf-8", errors="surrogatepass")
        for problem in check([path]):
            assert problem.render()
