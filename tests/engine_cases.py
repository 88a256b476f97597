"""A small library, profiles and entries, and their postings by the engine and by hand."""

from dataclasses import replace
from functools import cache

import pandas as pd
import pyarrow as pa
from test_select import ITEMS, library_of, parameter

from carbonledger.engine.execute import postings
from carbonledger.engine.frame import Backend, engine_frame
from carbonledger.engine.plan import plan
from carbonledger.memory import database
from carbonledger.model.profile import Profile

NCV = {"diesel": 0.042652, "bituminous_coal": 0.019570}  # TJ/t
CARBON = {"diesel": 20.2, "bituminous_coal": 26.1}
OXIDATION = {"diesel": 0.98, "bituminous_coal": 0.93}
TCE = 29.3076e-3  # TJ/tce
CH4 = {"1.A.1": 0.003, "1.A.2": 0.010}  # t/TJ


def parameters():
    rows = []
    for item, value in NCV.items():
        rows += [
            parameter(
                id=f"{item}-ncv",
                item=item,
                parameter="net_calorific_value",
                unit="GJ/t",
                value=value * 1e3,
            ),
            parameter(
                id=f"{item}-cc",
                item=item,
                parameter="carbon_content",
                unit="t C/TJ",
                value=CARBON[item],
                region="CN",
            ),
            parameter(
                id=f"{item}-of",
                item=item,
                parameter="oxidation_fraction",
                unit="1",
                value=OXIDATION[item],
                status="unverified",
            ),
        ]
    rows += [
        parameter(
            id=f"ch4-{account}",
            account=account,
            parameter="ch4_emission_factor",
            unit="kg CH4/TJ",
            value=value * 1e3,
        )
        for account, value in CH4.items()
    ]
    rows.append(
        parameter(id="tce", parameter="heat_per_coal_equivalent", unit="GJ/tce", value=TCE * 1e3)
    )
    for edition, potential in (("AR4", 25.0), ("AR6", 29.8)):
        rows.append(
            parameter(
                id=f"{edition}-CH4",
                parameter="gwp100",
                species="CH4_fossil",
                unit="t CO2e/t CH4",
                value=potential,
                edition=edition,
            )
        )
        rows.append(
            parameter(
                id=f"{edition}-CO2",
                parameter="gwp100",
                species="CO2",
                unit="t CO2e/t CO2",
                value=1.0,
                edition=edition,
            )
        )
    return rows


def library(rows=None):
    base = library_of(rows or parameters())
    names = {"name_zh": list(ITEMS), "name_en": list(ITEMS)}
    gases = [("CO2", "fossil", "CO2"), ("CH4", "fossil", "CH4_fossil")]
    return replace(
        base,
        items=base.items.assign(carbon="fossil", **names),
        accounts=base.accounts.assign(book="inventory"),
        gases=pd.DataFrame(gases, columns=["measure", "origin", "species"]),
    )


def profile(rules=None, **more):
    combustion = {"accounts": ["1.A"], "methods": [
        "energy.combustion.co2", "energy.combustion.co2.coal_equivalent",
        "energy.combustion.ch4", "energy.combustion.ch4.coal_equivalent",
    ]}  # fmt: skip
    return Profile.model_validate({
        "profile": "t", "title": {"zh": "试", "en": "t"}, "status": "unverified", "source": "s",
        "gwp": "AR4", "families": ["local", "national", "global"],
        "rules": rules or [combustion], **more,
    })  # fmt: skip


def entry(number, **fields):
    blank = {
        "entry": number,
        "file": "a.csv",
        "sheet": "",
        "row": number,
        "region": "350524",
        "period": 2012,
        "account": "1.A.1",
        "item": "diesel",
        "detail": "",
        "note": "",
        "source": "",
        "sign": 1.0,
        "answer": "",
        "quantity": None,
        "quantity__unit": "t",
        "quantity__notation": None,
        "quantity__cell": f"B{number}",
    }
    return blank | fields


SCHEMA = {
    "quantity": pa.float64(),
    "quantity__notation": pa.string(),
    "sign": pa.float64(),
    "entry": pa.int64(),
    "row": pa.int32(),
    "period": pa.int32(),
}


def table(rows):
    frame = pd.DataFrame(rows)
    fields = [
        (
            name,
            SCHEMA.get(
                name, pa.float64() if "__" not in name and name not in BASE else pa.string()
            ),
        )
        for name in frame.columns
    ]
    return pa.Table.from_pandas(frame, schema=pa.schema(fields), preserve_index=False)


BASE = set(entry(1))
# Hypothesis asks for these a thousand times.
usual_library, usual_profile = cache(library), cache(profile)


def prepared(rows, *, engine="duckdb", base=None, rules=None, gwp="AR4", quantities=("quantity",)):
    connection = database()
    backend = Backend(connection, engine)
    frame = engine_frame(connection.from_arrow(table(rows)), quantities, backend)
    base, rules = base or usual_library(), rules or usual_profile()
    return plan(frame, quantities, base, rules, gwp), frame, backend


def computed(rows, **options):
    planned, frame, backend = prepared(rows, **options)
    assert planned.problems == []
    result = postings(planned, frame, backend).collect(backend="pandas").to_native()
    return result.sort_values(["entry", "measure"], ignore_index=True)
