"""The process: put together, started, watched, replaced."""
