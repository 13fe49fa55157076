"""What the search gains and loses by what happens on a day, all in the points of a place's score."""

REPEAT_WORTH = (1.0, 0.7, 0.5, 0.4, 0.3, 0.3, 0.3)
"""Share of its score the n-th place of one category keeps on a day."""

TEMPO_WORTH = (1.0, 0.94, 0.86, 0.76)
"""Share of its score a place keeps at each tempo."""

BEYOND_LEAST_WORTH = 0.5
"""Share of its score a place keeps beyond the fewest of the day."""

SHARED_SCORE = 150.0
"""The part of a score those shares apply to, so that a must-see is worth the same anywhere."""

MEAL_BONUS, COFFEE_BONUS = 30.0, 12.0
MISSING_MEAL, MISSING_REST, MISSING_PLACE, UNSEEN_STOP = 4_000.0, 2_500.0, 300.0, 400.0
SHORT_DAY_SHARE = 0.2
TRAVEL_MINUTE, TRAVEL_METRE, WAIT_MINUTE, HOME_WAIT_MINUTE, LATE_START_MINUTE = 0.6, 0.003, 0.3, 0.15, 0.4
BAD_WEATHER, AFTER_DARK, EARLY_BATH, SIDE_BY_SIDE, UNEARNED_REST = 70.0, 25.0, 5.0, 40.0, 80.0
LATE, LATE_MINUTE, EARLY_CHECK_IN = 6_000.0, 10.0, 3_000.0
STRETCH, STRETCH_MINUTE, CAR_AWAY = 2_000.0, 5.0, 2_500.0
