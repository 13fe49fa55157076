"""A local stand-in for Kakao: Local API and Mobility API, from the Korean cities of the catalogue."""
