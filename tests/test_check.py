"""Exercises: right answers of any form are accepted, typical wrong ones are told what is wrong, stubs are quiet.

The answers stand in answers_NN.py, a file a chapter.
"""

import importlib
from pathlib import Path

import pytest

from lectopt import check

CHAPTERS = [importlib.import_module(file.stem) for file in sorted(Path(__file__).parent.glob("answers_*.py"))]
RIGHT = [case for chapter in CHAPTERS for case in chapter.RIGHT]
WRONG = [case for chapter in CHAPTERS for case in chapter.WRONG]


def stub(theta, x, y):
    """Not written yet."""
    ...


@pytest.mark.parametrize(("name", "answer"), RIGHT)
def test_right_answers_are_accepted(name, answer, capsys):
    getattr(check, name)(answer)
    assert capsys.readouterr().out.startswith(f"{name}: right. ")


@pytest.mark.parametrize(("name", "answer", "words"), WRONG)
def test_wrong_answers_are_told_what_is_wrong(name, answer, words, capsys):
    getattr(check, name)(answer)
    said = capsys.readouterr().out
    assert said.startswith(f"{name}: not yet. ") and words in said


@pytest.mark.parametrize("answer", [..., None, stub])
@pytest.mark.parametrize("name", [name for name in dir(check) if name != "hint"])
def test_stubs_are_not_done_yet(name, answer, capsys):
    getattr(check, name)(answer)
    assert capsys.readouterr().out == f"{name}: not done yet.\n"


def test_every_exercise_is_tested_here():
    names = {name for name in dir(check) if name != "hint"}
    assert names == {name for name, *_ in RIGHT} == {name for name, *_ in WRONG}


def test_hints_come_one_by_one_and_the_last_is_repeated(capsys):
    for _ in range(3):
        check.hint("stability_edge")
    first, second, third = capsys.readouterr().out.splitlines()
    assert first.startswith("Hint 1 of 2") and second == third and second.startswith("Hint 2 of 2")


def test_unknown_exercise_is_named():
    with pytest.raises(AttributeError, match="there is no exercise 'nothing'; there are: .*patience"):
        check.nothing(1)
