"""Trusting one authority for the controllers: shown, compared, chosen, given up."""
