"""What the browser tests stand on: a Chromium, pages that may not leave this machine, JupyterLab.

chromium.py finds or installs the browser, pages.py watches what a page does, lab.py drives
JupyterLab. tests/conftest.py hands them out as fixtures: `new_page`, `page` and `lab`.
"""
