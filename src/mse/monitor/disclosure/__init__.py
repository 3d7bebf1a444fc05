"""What may leave: release policies, what they withhold, and the account of it."""
