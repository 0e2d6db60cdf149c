"""What may be sold: the rules of channels and offers, and the figures that they are applied to."""
