"""Release to HTML, Excel and pictures."""
