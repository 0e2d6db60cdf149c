"""What the pages of all shops share: their look, and the drawings of products."""
