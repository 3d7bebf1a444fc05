"""The only place that keeps rows of people: reads, tabulates and hands out counts."""
