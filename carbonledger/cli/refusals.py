"""What the command line answers to a command that is not right, in Chinese beside the English.

Typer says in English what is wrong; its sentences are few.
"""

import re

from carbonledger.errors import Text

__all__ = ["refusal"]

# Typer's sentences, and what they say in Chinese.
_SENTENCES = (
    (r"Missing argument '(?P<name>[^']+)'\.(?P<more>.*)", "缺少参数 {name}。{more}"),
    (r"Missing option '(?P<name>[^']+)'\.(?P<more>.*)", "缺少选项 {name}。{more}"),
    (
        r"No such option: (?P<name>\S+?)(?: \(Possible options: (?P<like>.+)\))?",
        "没有 {name} 这个选项。{like}",
    ),
    (
        r"No such option: (?P<name>\S+?) Did you mean (?P<like>.+)\?",
        "没有 {name} 这个选项。{like}",
    ),
    (
        r"No such command '(?P<name>.*?)'\.(?: Did you mean (?P<like>.+)\?)?",
        "没有“{name}”这个命令。{like}",
    ),
    (r"Option '(?P<name>[^']+)' requires an argument\.", "选项 {name} 后面要写值。"),
    (r"Option '(?P<name>[^']+)' does not take a value\.", "选项 {name} 后面不写值。"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((?P<name>.*)\)", "多出了参数：{name}。"),
    (r"Invalid value for '(?P<name>[^']+)': (?P<more>.*)", "{name} 的值不对。{more}"),
)
# What pydantic and Typer say of a value.
_OF_VALUES = (
    (r".*valid integer.*", "应是整数。"),
    (r".*valid (?:number|float).*", "应是数。"),
    (r".*greater than or equal to (?P<name>\S+?)\.?", "应不小于 {name}。"),
    (r".*less than or equal to (?P<name>\S+?)\.?", "应不大于 {name}。"),
    (r"\w+ '(?P<name>.*)' does not exist\.", "“{name}”不存在。"),
    (r".* is not one of (?P<name>.*)\.", "应是其中之一：{name}。"),
)


def refusal(said: str) -> Text:
    """Typer's sentence in both languages; one that is not known here stays as it is.

    Args:
        said: what Typer says of the command, in English.
    """
    english = said if said.endswith((".", "?", ")")) else f"{said}."
    return Text(_in_chinese(said) or english, english)


def _in_chinese(said: str) -> str:
    for pattern, chinese in _SENTENCES:
        if found := re.fullmatch(pattern, said, re.DOTALL):
            parts = found.groupdict("")
            like, more = parts.get("like", ""), parts.get("more", "").strip()
            return chinese.format(
                name=parts["name"],
                like=f"相近的有：{like}。" if like else "",
                more=_of_value(more) or more,
            )
    return ""


def _of_value(said: str) -> str:
    for pattern, chinese in _OF_VALUES:
        if found := re.fullmatch(pattern, said, re.DOTALL):
            return chinese.format(**found.groupdict())
    return ""
