"""A local stand-in for OpenWeather: One Call 3.0 and air pollution, from monthly climate normals."""
