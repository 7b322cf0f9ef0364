"""What an agent starts from: settings, enrolment, secrets."""
