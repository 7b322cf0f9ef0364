"""Pages that do something; a page that only asks is data in wizard.flow."""
