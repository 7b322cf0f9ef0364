"""The pages: an address, what is typed there, and which page comes next."""
