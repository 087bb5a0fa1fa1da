"""Charts: frames in, Plotly's JSON out. No query and no metric here, and no colour that is not a design token."""
