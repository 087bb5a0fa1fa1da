"""What the figures mean: pure pandas, importing neither Django nor the project, so that a notebook can use it too."""
