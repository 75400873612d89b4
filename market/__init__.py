"""What there is and who is there: people, organisations, places, produce, quantities, listings, daily lots."""
