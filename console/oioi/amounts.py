"""Amounts of data in words, for every place that shows one: one number and one unit."""


def amount(length: float) -> str:
    """Bytes as people write them, in thousands: `512 B`, `60 KB`, `12.4 MB`."""
    if length < 1000:
        return f"{length:.0f} B"
    if length < 999_500:
        return f"{length / 1000:.0f} KB" if length >= 9_950 else f"{length / 1000:.1f} KB"
    return f"{length / 1_000_000:.1f} MB"
