"""The frame around every page. Streamlit runs this file for each visit and each change."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from ui import frame  # noqa: E402

frame.run()
