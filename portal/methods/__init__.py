"""How a person proves who they are: each kind of verification method. Pure."""
