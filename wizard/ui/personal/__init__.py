"""What each person chooses for themselves: language and colours."""
