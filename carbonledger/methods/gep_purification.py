"""Air and water purification, in two branches that exclude one another.

Where the environment meets its standard, everything that is emitted is taken to be removed; where
it does not, what the vegetation or the wetland can take up.
"""

from typing import Any, NamedTuple

from carbonledger.errors import Text
from carbonledger.methods.math import over_a_year
from carbonledger.methods.service import annual, service

Operand = Any

_EQUATION = "Q = Σ E 或/or Σ q·A; V = Σ Q·c（式号未核对 / number not checked）"


class _Pollutant(NamedTuple):
    """A pollutant: its key in the ids of methods and arguments, and its name."""

    medium: str
    key: str
    name: Text


def _uptake(name: str) -> Any:
    def formula(**values: Operand) -> Operand:
        return over_a_year(values["area"] * values[name])

    return formula


for _one in (
    _Pollutant("air", "so2", Text("二氧化硫", "sulphur dioxide")),
    _Pollutant("air", "nox", Text("氮氧化物", "nitrogen oxides")),
    _Pollutant("air", "dust", Text("粉尘（颗粒物）", "dust and particles")),
    _Pollutant("water", "cod", Text("化学需氧量", "chemical oxygen demand")),
    _Pollutant("water", "ammonia", Text("氨氮", "ammonia nitrogen")),
    _Pollutant("water", "total_nitrogen", Text("总氮", "total nitrogen")),
    _Pollutant("water", "total_phosphorus", Text("总磷", "total phosphorus")),
):
    _medium = {"air": Text("空气净化", "Air"), "water": Text("水质净化", "Water")}[_one.medium]
    _price = annual(f"{_one.key}_treatment_cost", "CNY/t")
    service(
        f"gep.{_one.medium}.{_one.key}.emission",
        title=Text(
            f"{_medium.zh}：{_one.name.zh}（按排放量）",
            f"{_medium.en} purified of {_one.name.en} (by emission)",
        ),
        measure=f"{_one.key}_removed",
        returns="t",
        units={"pollutant_emission": "t"},
        prices=(_price,),
        source="gep-garze-2017",
        equation=_EQUATION,
    )
    service(
        f"gep.{_one.medium}.{_one.key}.uptake",
        title=Text(
            f"{_medium.zh}：{_one.name.zh}（按净化能力）",
            f"{_medium.en} purified of {_one.name.en} (by uptake)",
        ),
        measure=f"{_one.key}_removed",
        returns="t",
        units={"area": "ha", f"{_one.key}_uptake": "t/ha/a"},
        formula=_uptake(f"{_one.key}_uptake"),
        prices=(_price,),
        source="gep-mee-2020",
        equation=_EQUATION,
    )
