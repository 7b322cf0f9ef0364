"""The commands of `writeback`: the wizard's jobs without a screen."""
