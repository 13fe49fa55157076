"""OpenWeather's condition codes, their icons and texts."""

from typing import Any

HEAVY_RAIN, MODERATE_RAIN, MUCH_SNOW = 7.6, 2.5, 1.5  # mm/h
CLEAR, FEW, SCATTERED, BROKEN = 11, 25, 51, 85  # percent of cloud from which the next word is used

TEXTS: dict[int, tuple[str, str, dict[str, str]]] = {
    500: ("Rain", "10", {"en": "light rain", "de": "Leichter Regen", "kr": "실 비"}),
    501: ("Rain", "10", {"en": "moderate rain", "de": "Mäßiger Regen", "kr": "보통 비"}),
    502: ("Rain", "10", {"en": "heavy intensity rain", "de": "Sehr starker Regen", "kr": "강한 비"}),
    600: ("Snow", "13", {"en": "light snow", "de": "Mäßiger Schnee", "kr": "가벼운 눈"}),
    601: ("Snow", "13", {"en": "snow", "de": "Schnee", "kr": "눈"}),
    800: ("Clear", "01", {"en": "clear sky", "de": "Klarer Himmel", "kr": "맑음"}),
    801: ("Clouds", "02", {"en": "few clouds", "de": "Ein paar Wolken", "kr": "약간의 구름이 낀 하늘"}),
    802: ("Clouds", "03", {"en": "scattered clouds", "de": "Mäßig bewölkt", "kr": "구름조금"}),
    803: ("Clouds", "04", {"en": "broken clouds", "de": "Überwiegend bewölkt", "kr": "튼구름"}),
    804: ("Clouds", "04", {"en": "overcast clouds", "de": "Bedeckt", "kr": "온흐림"}),
}


def code_of(rain: float, snow: float, clouds: float) -> int:
    """The condition code; precipitation in mm/h, cloud cover in percent."""
    if snow > 0:
        return 601 if snow >= MUCH_SNOW else 600
    if rain > 0:
        return 500 + (rain >= MODERATE_RAIN) + (rain >= HEAVY_RAIN)
    return 800 + sum(clouds >= limit for limit in (CLEAR, FEW, SCATTERED, BROKEN))


def weather_item(code: int, language: str, *, daylight: bool) -> dict[str, Any]:
    """One entry of `weather`; an unknown language answers in English, as the real service does."""
    main, icon, texts = TEXTS[code]
    text = texts.get(language, texts["en"])
    return {"id": code, "main": main, "description": text, "icon": f"{icon}{'d' if daylight else 'n'}"}
