"""How an agent is: one value of its status, its audit records and the verdict."""
