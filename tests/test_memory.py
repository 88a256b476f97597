"""What is set for the whole process while several threads compute."""

import gc

import pandas as pd

from carbonledger.memory import collector_at_rest, plain_texts

STORAGE = "mode.string_storage"


def test_computations_that_overlap_leave_the_texts_of_the_process_as_they_were():
    before = pd.get_option(STORAGE)
    first, second = plain_texts(), plain_texts()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    # The second is still at work.
    assert pd.get_option(STORAGE) == "python"
    second.__exit__(None, None, None)
    assert pd.get_option(STORAGE) == before != "python"


def test_the_collector_runs_again_when_the_last_has_ended():
    assert gc.isenabled()
    first, second = collector_at_rest(), collector_at_rest()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert not gc.isenabled()
    second.__exit__(None, None, None)
    assert gc.isenabled()
