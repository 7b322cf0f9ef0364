"""The portal: a web application where people reset their own password."""
