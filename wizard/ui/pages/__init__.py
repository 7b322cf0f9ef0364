"""The pages that do something; a page that only asks is a Form."""
