"""Preparing orders: batches, the station, labels."""
