"""No unit is sold twice: reservations one at a time, and what is done about orders that found nothing."""
