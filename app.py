"""Entry of the web application: ``streamlit run app.py``."""

from carbonledger.web.app import main

main()
