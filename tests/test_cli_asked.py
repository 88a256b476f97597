"""The command line works out the one command that is asked for, and that is the same command."""

import typer

from carbonledger.cli.commands import _asked_for, app

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
