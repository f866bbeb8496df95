"""The historical record: decisions of the past as published elsewhere."""
