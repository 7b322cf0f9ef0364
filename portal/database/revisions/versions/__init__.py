"""Each step from one version of the tables to the next; never edited."""
