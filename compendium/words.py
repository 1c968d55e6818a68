"""How numbers and places are said."""




def number(value: float, sign: str = "") -> str:
    """Write an estimate with as many digits as a reader can use, and its per-cent `sign` if any."""
    whole = abs(value) >= 100 or (not sign and float(value).is_integer())
    return f"{value:,.{0 if whole else 1 if abs(value) >= 3 else 2}f}{sign}"


def percent(share: float) -> str:
    """Write a share in whole per cent; what is neither none nor all is never written as 0 or 100."""
    if 0.995 <= share < 1:
        return "over 99"
    return "under 1" if 0 < share < 0.005 else f"{100 * share:.0f}"
