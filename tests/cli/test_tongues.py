"""Titles that an overlay translates are read in its language: one step, the whole comparison, the drawing."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Lab

WITH = ("--overlay", "germany")


def said(lab: Lab, *words: str) -> str:
    result = lab.plain(*words)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_step_is_read_with_the_names_that_an_overlay_gives_in_the_language(lab: Lab) -> None:
    text = said(lab, "read", "open", "send_call", *WITH, "--language", "de")
    assert "Vergabestelle." in text
    assert '"Vergabestelle" stands where others have "Procurement officer"' in text
    assert "Vergabestelle" not in said(lab, "read", "open", "send_call", *WITH)


def test_what_nobody_translated_stays_as_it_is(lab: Lab) -> None:
    assert "Send the contract notice" in said(lab, "read", "open", "send_call", *WITH, "--language", "de")


def test_a_comparison_speaks_the_language_too(lab: Lab) -> None:
    found = json.loads(said(lab, "diff", "open", "germany", "--language", "de", "--json"))["differences"]
    titles = {(one["kind"], one["name"]): one["title"] for one in found}
    assert titles["role", "procurement_officer"] == "Vergabestelle"
    assert titles["track", "own_notice"] == "File: Eigene Bekanntmachung"


@pytest.mark.parametrize("words", [("read", "open", "send_call", *WITH), ("diff", "open", "germany")])
def test_a_language_in_which_nothing_is_named_is_refused_with_those_there_are(lab: Lab, words: tuple[str, ...]) -> None:
    result = lab.plain(*words, "--language", "fr")
    assert result.exit_code == 2
    assert "There are: en, de." in " ".join(result.output.split())


def test_the_setting_does_the_same_for_every_command(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INPROCAP_FLOW_LANGUAGE", "de")
    assert "Vergabestelle." in said(lab, "read", "open", "send_call", *WITH)


@pytest.mark.parametrize("words", [("read", "open", "send_call", *WITH), ("diff", "open", "germany")])
def test_a_language_is_taken_in_capitals_too(lab: Lab, words: tuple[str, ...]) -> None:
    assert said(lab, *words, "--language", "DE") == said(lab, *words, "--language", "de")


def test_the_setting_is_taken_in_capitals_too(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INPROCAP_FLOW_LANGUAGE", "DE")
    assert "Vergabestelle." in said(lab, "read", "open", "send_call", *WITH)


def test_the_list_of_procedures_gives_titles_in_the_language_of_the_settings_else_as_they_are(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = lab.folder / "own"
    folder.mkdir()
    (folder / "lamp.yaml").write_text(TWO_TONGUES, encoding="utf-8")
    monkeypatch.setenv("INPROCAP_FLOW_DEFINITIONS", str(folder))
    monkeypatch.setenv("INPROCAP_FLOW_LANGUAGE", "fi")
    lines = said(lab, "procedures").splitlines()
    assert [lines.index(f"    {title}") > 0 for title in ("A small purchase", "Lampun hankinta", "Open procedure")]


TWO_TONGUES = """
procedure: lamp
version: 1
language: en
title: {en: Buying a lamp, fi: Lampun hankinta}
rulebook: none
roles: {officer: {title: Officer}}
begins: {step: begin, to: over, by: officer}
stages:
  over: {title: Over, final: completed}
"""
