"""SIDs, entries, descriptors, access checks (MS-DTYP, MS-ADTS 5.1.3): pure."""
