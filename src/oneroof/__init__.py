"""OneRoof: assistance of many nations to one recipient, coordinated under one roof."""
