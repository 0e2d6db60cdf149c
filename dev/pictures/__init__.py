"""The pictures of the documentation: the story that they show, and what is taken of it."""
