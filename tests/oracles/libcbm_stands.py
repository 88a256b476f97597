"""What libcbm gives for the twenty stands of ``tests/test_stand_table.py``.

Run it with an interpreter that has libcbm (2.10.2 gave the figures of the test), from the root of
the repository: ``python -m tests.oracles.libcbm_stands``.
"""

import numpy as np

from benchmarks.stands_contenders import libcbm

if __name__ == "__main__":
    number = np.arange(20)
    answer = libcbm(number * 5, number * 7 % 50, 1.0 + number)
    for year in (1, 10, 30, 50):
        print(year, [float(pool) for pool in answer[year]])
