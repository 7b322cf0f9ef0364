"""Alembic's revisions of the database, and how they are run."""
