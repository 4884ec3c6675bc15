"""The screen: the only Streamlit glue."""

# Plotly looks into half-imported modules: a first import of pandas beside it, in another thread, breaks
# charts. So it is imported before there are threads.
import pandas  # noqa: F401
