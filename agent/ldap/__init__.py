"""LDAPS connections, names, filters: the only importer of ldap3."""
