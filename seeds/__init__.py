"""Reference data that people edit, as CSV, and a small sample corpus."""
