"""The only place where the database becomes pandas: summed up in SQL first, with a type for every column."""
