"""The portal's keys: files that systemd or a secret mount gives, and what they do."""
