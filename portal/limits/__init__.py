"""How often what may be done, by whom: nothing here knows what is done."""
