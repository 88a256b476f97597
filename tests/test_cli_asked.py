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


@pytest.mark.parametrize(
    ("words", "chinese", "english"),
    [
        (["run"], "缺少参数 inventory。用 ", "Missing argument"),
        (["run", "a", "b"], "多出了参数：b。", "unexpected extra argument"),
        (["run", "a", "--outt", "b"], "没有 --outt 这个选项。相近的有：--out。", "No such option"),
        (["run", "a", "--out"], "选项 --out 后面要写值。", "requires an argument"),
        (["run", "a", "--json=3"], "选项 --json 后面不写值。", "does not take a value"),
        (["runn"], "没有“runn”这个命令。", "No such command"),
        (["web", "--port", "abc"], "--port 的值不对。应是整数。", "valid integer"),
        (["web", "--port", "0"], "--port 的值不对。应不小于 1。", "greater than or equal to 1"),
        (["web", "--port", "70000"], "--port 的值不对。应不大于 65535。", "less than or equal"),
        (["forest", "grow", "nowhere.csv"], "table 的值不对。“nowhere.csv”不存在。", "not exist"),
    ],
)
def test_a_command_that_is_not_right_is_answered_in_both_languages(
    words, chinese, english, monkeypatch, capsys
):
    monkeypatch.setattr(sys, "argv", ["carbonledger", *words])
    with pytest.raises(SystemExit) as leaving:
        main()
    assert leaving.value.code == 1
    first, second = capsys.readouterr().err.splitlines()
    assert chinese in first
    assert english in second
    assert english not in first
