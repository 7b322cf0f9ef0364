"""The portal's database: SQLite for one node, PostgreSQL for several."""
