"""Linux with systemd: POSIX files and locks, sd_notify, the journal, signals."""
