"""What the address of a page says: language, run, region, year, and what the page is about.

The address is read when it brings something new (a shared link, the back button) and written at
the end of each run of the script, so that it can be copied at any time. Streamlit clears it when
another page is opened from the menu; then what stands in the session stays.
"""

import streamlit as st

__all__ = ["KEYS", "get", "put", "read", "write"]

KEYS = (
    "lang", "run", "region", "year", "profile", "draft", "account", "measure", "item", "method",
    "parameter", "sink",
)  # fmt: skip
_LAST = "address_last"
_LONGEST = 80


def read() -> None:
    """Take over what the address says that it did not say before."""
    last = st.session_state.get(_LAST, {})
    for key in KEYS:
        told = st.query_params.get(key)
        if told is not None and told != last.get(key):
            st.session_state[f"at_{key}"] = told[:_LONGEST]


def get(key: str) -> str:
    """What holds for a key; empty if nothing does."""
    return str(st.session_state.get(f"at_{key}", ""))


def put(**values: object) -> None:
    """Let values hold from now on; the address follows at the end of the run."""
    for key, value in values.items():
        st.session_state[f"at_{key}"] = "" if value is None else str(value)


def write() -> None:
    """Make the address say what holds."""
    said = {key: get(key) for key in KEYS if get(key)}
    st.session_state[_LAST] = said
    if st.query_params.to_dict() != said:
        st.query_params.from_dict(said)
