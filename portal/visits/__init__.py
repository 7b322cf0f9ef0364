"""What a visit does, step by step: over journeys, database and agents; no HTTP."""
