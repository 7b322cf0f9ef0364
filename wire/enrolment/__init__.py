"""What portal, relay and wizard say so that nobody types an enrolment code."""
