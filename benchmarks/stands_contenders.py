"""One measurement of the growth of stands, in a process of its own: prints seconds, MB, answers.

``python -m benchmarks.stands_contenders NAME STANDS``; libcbm needs an interpreter that has it.
"""

import json
import math
import resource
import sys
import time

import numpy as np

from benchmarks import stands_data as data


def carbonledger(curve: np.ndarray, age: np.ndarray, area: np.ndarray) -> np.ndarray:
    from carbonledger.methods.stand_table import Rates, carry, distinct  # noqa: PLC0415

    rates = Rates(
        data.ROTATION,
        data.MORTALITY,
        data.DISTURBANCE,
        data.DECAY,
        data.PRODUCT_SHARE,
        data.HALF_LIFE,
    )
    first, row = distinct(curve, age)
    table = carry(data.curves(), curve[first], age[first], data.YEARS, rates)
    return table[:, :4] @ np.bincount(row, weights=area)


def libcbm_distinct(curve: np.ndarray, age: np.ndarray, area: np.ndarray) -> np.ndarray:
    """The same grouping by hand before libcbm."""
    pairs, row = np.unique(curve * data.OLDEST + age, return_inverse=True)
    weights = np.bincount(row, weights=area)
    return libcbm(pairs // data.OLDEST, pairs % data.OLDEST, weights)


def libcbm(curve: np.ndarray, age: np.ndarray, area: np.ndarray) -> np.ndarray:
    """Every stand through the matrices of libcbm, three operations a year."""
    import pandas as pd  # noqa: PLC0415
    from libcbm.model.model_definition import model  # noqa: PLC0415
    from libcbm.model.model_definition.model_variables import ModelVariables  # noqa: PLC0415
    from libcbm.storage.backends import BackendType  # noqa: PLC0415

    names = ["Input", "Biomass", "DeadWood", "Products", "CO2"]
    table, count = data.curves(), len(curve)
    increment = np.diff(table, axis=1)
    k = math.log(2) / data.HALF_LIFE
    kept, entering = math.exp(-k), (1 - math.exp(-k)) / k
    m, f, d, p = data.MORTALITY, data.DISTURBANCE, data.DECAY, data.PRODUCT_SHARE
    losses = [[
        ["Biomass", "Biomass", (1 - m) * (1 - f)], ["Biomass", "DeadWood", m],
        ["Biomass", "CO2", (1 - m) * f], ["DeadWood", "DeadWood", 1 - d], ["DeadWood", "CO2", d],
        ["Products", "Products", kept], ["Products", "CO2", 1 - kept],
    ]]  # fmt: skip
    cut = [
        [["Biomass", "Biomass", 1.0]],
        [
            ["Biomass", "Biomass", 0.0], ["Biomass", "Products", p * entering],
            ["Biomass", "CO2", p * (1 - entering)], ["Biomass", "DeadWood", 1 - p],
        ],
    ]  # fmt: skip
    pools = pd.DataFrame(0.0, index=range(count), columns=names)
    pools["Input"], pools["Biomass"] = 1.0, table[curve, age]
    state = pd.DataFrame({"enabled": np.ones(count, dtype="int32")})
    frames = ModelVariables.from_pandas({"pools": pools, "state": state})
    frames = frames.convert_backend(BackendType.numpy)
    result = np.zeros((data.YEARS + 1, 4))
    nothing = np.zeros(count, dtype="uintp")
    with model.initialize(names, []) as built:
        make = built._model_handle.create_operation
        losing = make(losses, "matrix_list", 1, nothing)
        result[0] = area @ frames["pools"].to_pandas()[names[1:]].to_numpy()
        for year in range(data.YEARS):
            grown = increment[curve, np.minimum(age, increment.shape[1] - 1)]
            growing = make(
                [["Input", "Biomass", grown]],
                "repeating_coordinates",
                2,
                np.arange(count, dtype="uintp"),
            )
            age = age + 1
            cutting = make(cut, "matrix_list", 3, (age >= data.ROTATION).astype("uintp"))
            built.compute(frames, [growing, losing, cutting])
            age = np.where(age >= data.ROTATION, 0, age)
            result[year + 1] = area @ frames["pools"].to_pandas()[names[1:]].to_numpy()
    return result


def main() -> None:
    name, count = sys.argv[1], int(sys.argv[2])
    stands = data.stands(count)
    contender = globals()[name]
    start = time.perf_counter()
    result = contender(*stands)
    seconds = time.perf_counter() - start
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": megabytes, "answer": result.tolist()}))


if __name__ == "__main__":
    main()
