"""A local stand-in for Google Maps Platform: Geocoding, Time Zone, Places (New) and Routes."""
