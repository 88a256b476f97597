"""The command line works out the one command that is asked for, and that is the same command."""

import sys

import pytest
import typer

from carbonledger.cli.commands import _asked_for, app, main

EVERY = typer.main.get_command(app)


def test_each_command_stands_alone_under_its_name():
    assert EVERY.commands
    for name, command in EVERY.commands.items():
        alone = typer.main.get_command(_asked_for([name, "--help"]))
        assert list(alone.commands) == [name]
        asked = alone.commands[name]
        assert asked.help == command.help
        assert [each.opts for each in asked.params] == [each.opts for each in command.params]
        assert list(getattr(asked, "commands", [])) == list(getattr(command, "commands", []))


def test_no_word_or_an_unknown_one_is_answered_by_the_whole():
    for words in ([], ["--help"], ["runn"], ["--version", "run"]):
        assert _asked_for(words) is app


@pytest.mark.parametrize("group", ["factors", "forest", "ledger", "compensate", "credits"])
def test_a_group_without_its_second_word_says_which_there_are(group, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["carbonledger", group])
    with pytest.raises(SystemExit) as leaving:
        main()
    said = capsys.readouterr()
    assert (leaving.value.code, said.err) == (0, "")
    assert said.out.count("Commands:") == 1


def test_output_that_cannot_be_written_is_no_failure_of_the_run(monkeypatch, capsys):
    def full(*_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "argv", ["carbonledger", "methods"])
    monkeypatch.setattr("carbonledger.reports.explanation.print_methods", full)
    with pytest.raises(SystemExit) as leaving:
        main()
    assert leaving.value.code == 1
    said = capsys.readouterr().err
    assert "没有写出结果" not in said
    assert "No space left" in said
