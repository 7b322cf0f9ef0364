"""What relay and portal share as servers: address, database file, backup."""
