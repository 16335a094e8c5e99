"""The directory of parties: pages and API over nations, coalitions and groups, with whom to turn to."""
