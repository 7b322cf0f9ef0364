"""One file per thing changed on the machine or in the directory."""
