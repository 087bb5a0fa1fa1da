"""The analytics section of the admin: charts, the tables beside them, the people behind them, and downloads."""
