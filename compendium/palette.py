"""Every colour of the compendium, once: of figures, of the terminal and of the site.

The hues are Okabe and Ito's, which colour-blind readers can tell apart. Nothing is told by colour alone.
"""

VERMILION, BLUE, GREEN, PINK = "#D55E00", "#0072B2", "#009E73", "#CC79A7"
ORANGE, SKY, BROWN = "#E69F00", "#56B4E9", "#8A3B00"

#: Greys, from dark to light, by what they draw.
INK = "#222222"  # text, whiskers, the line that decides
KEY = "#444444"  # marks in a legend, frames
ASIDE = "#555555"  # what is shown for comparison, and small print
UNNAMED = "#6E6E6E"  # bars of what the article does not name
FAINT = "#777777"
TIE = "#7A7A7A"  # lines of a network, a second line beside INK
OTHER = "#8C8C8C"  # neither of the four blocs
BAND = "#BDBDBD"  # a reported range, the year in force
COAST = "#C9C9C9"
PALE = "#CFCFCF"
INTERVAL = "#D9D9D9"  # a thousand intervals at once
GUIDE = "#DDDDDD"
GRID = "#E3E3E3"
ROW = "#ECECEC"  # the row in force
LAND = "#EDEDED"
NEITHER = "#F2F2F2"
STRIPE = "#F4F4F4"  # every second row

#: Light tints: of blue, where something is kept or good enough; of vermilion, for what comes near to it.
KEPT_TINT, BAND_TINT, PART_TINT, NEAR_TINT = "#E4EEF5", "#DCE9F2", "#9CCBE8", "#F6D5BF"

#: A bloc keeps its colour everywhere.
BLOCS = {"CN": VERMILION, "US": BLUE, "EU": GREEN, "UK": PINK, "other": OTHER}
#: A meaning of China keeps its own, darker the more it holds.
MEANINGS = {"CN": VERMILION, "CN+HK+MO": BROWN, "CN+HK+MO+TW": INK}
#: A verdict keeps its own: blue holds, light blue holds in part, vermilion does not, grey cannot tell.
VERDICTS = {
    "reproduced": BLUE,
    "confirmed": BLUE,
    "direction only": SKY,
    "not supported": VERMILION,
    "contradicted": VERMILION,
    "not testable here": OTHER,
    "unverifiable": OTHER,
    "pending": PALE,
}
