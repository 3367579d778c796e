"""The database of a project: the only place with SQL. Rows in, model values out."""
