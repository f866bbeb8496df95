"""Reports as documents: what they say, and how that is written as Markdown and as HTML."""
