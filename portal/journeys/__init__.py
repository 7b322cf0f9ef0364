"""The steps of a visit as types: each is made by the one before alone. Pure."""
