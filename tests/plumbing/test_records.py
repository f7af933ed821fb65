"""A record is to its users what a frozen dataclass is; only when it is made differs."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from typing import Any, cast

import pytest

from inprocap_flow.records import changed, draft, field, filled, record


@record
class Place:
    """Where something stands; ``note`` tells no place from another, and ``values`` and ``absent`` are only names."""

    name: str
    values: Mapping[str, int] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    note: str = field(default="", compare=False, repr=False, kw_only=True)


@record
class Street(Place):
    """A place with a number."""

    number: int = 1


def test_a_record_takes_its_fields_in_order_and_gives_each_its_own_default() -> None:
    one, other = Place("a"), Place("a")
    assert (one.name, one.values, one.absent, one.note) == ("a", {}, (), "")
    assert one.values is not other.values
    assert Street("a", {"b": 1}, ("c",), 7, note="d").number == 7


def test_records_are_equal_if_they_are_of_one_kind_and_say_the_same() -> None:
    assert Place("a", note="seen") == Place("a", note="unseen")
    assert Place("a") != Place("b")
    assert Place("a") != Street("a")
    assert hash(Role("x", ("y",))) == hash(Role("x", ("y",)))


@record
class Role:
    """Something that can be a key."""

    name: str
    holders: tuple[str, ...] = ()


@pytest.mark.parametrize("wrong", [(), ("a", {}, (), "note by place")])
def test_a_record_refuses_what_its_fields_do_not_take(wrong: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError):
        Place(*wrong)


def test_a_record_never_changes() -> None:
    place = Place("a")
    with pytest.raises(FrozenInstanceError):
        place.name = "b"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del place.name
    assert place == Place("a")


def test_a_changed_copy_leaves_the_record_as_it_was_and_knows_every_name() -> None:
    place = Street("a", number=2)
    assert changed(place, name="b", number=3) == Street("b", number=3)
    assert place == Street("a", number=2)
    with pytest.raises(TypeError, match="Street has no nmae"):
        changed(place, nmae="c")


def test_the_standard_library_sees_a_dataclass() -> None:
    assert is_dataclass(cast("Any", Street))
    assert [item.name for item in fields(Street)] == ["name", "values", "absent", "note", "number"]
    renamed: Any = replace(cast("Any", Street("a")), name="b")
    assert renamed == Street("b")
    assert repr(Street("a")) == "Street(name='a', values={}, absent=(), number=1)"
    assert pickle.loads(pickle.dumps(Street("a"))) == copy.deepcopy(Street("a")) == Street("a")


def test_a_record_can_be_matched_by_place() -> None:
    match Role("a", ("b",)):
        case Role(name, holders):
            assert (name, holders) == ("a", ("b",))


def test_a_record_filled_by_name_is_the_one_that_is_called_for() -> None:
    assert filled(Street, {"name": "a", "number": 3}) == Street("a", number=3)
    one, other = filled(Place, {"name": "a"}), filled(Place, {"name": "a"})
    assert one.values == {}
    assert one.values is not other.values
    for wrong in ({}, {"name": "a", "nmae": "b"}, {"nmae": "b"}):
        with pytest.raises(TypeError):
            filled(Place, wrong)


@draft
class Sheet:
    """Something that is being worked out."""

    name: str
    lines: list[str] = field(default_factory=list)


def test_a_draft_may_be_changed_and_so_is_no_key() -> None:
    sheet, other = Sheet("a"), Sheet("a")
    sheet.lines.append("b")
    assert sheet != other
    sheet.lines = []
    assert sheet == other
    with pytest.raises(TypeError):
        hash(sheet)


def test_many_records_of_a_kind_are_like_the_first() -> None:
    made = [Street(f"{number}", number=number) for number in range(100)]
    assert [(one.name, one.number, one.values) for one in made] == [(f"{n}", n, {}) for n in range(100)]
    with pytest.raises(TypeError):
        Street("a", nmae="b")  # type: ignore[call-arg]
