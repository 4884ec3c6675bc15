"""The launcher: `streamlit run app.py`, or `app:app` under any ASGI server.

It runs no page itself. With `pages/` beside the main script, the first session of a fresh server would
be answered by Streamlit's old page discovery, without the frame and its checks; so the main script is
ui/main.py. PLUMBLINE_STORE names the store's folder (default: `store` beside this file).
"""

from pathlib import Path

import streamlit as st

from ui.serving import middleware

app = st.App(Path(__file__).parent / "ui" / "main.py", middleware=middleware())

if __name__ == "__main__":
    app.run()
