"""From measurements on synthetic files to all of OpenAlex: time, disk and cost, with what is assumed."""

#: Works in the snapshot of June 2026, and its gigabytes by format.
WORKS = 510e6
GIGABYTES = {"jsonl": 670, "parquet": 780}
#: The share of works whose primary topic is in the subfield asked for is not known before one has
#: looked; the page shows these.
SHARES = (0.03, 0.10)
#: Machines: name, processors of one, how many of them. Prices are round numbers of rented machines.
MACHINES = (("one machine", 2, 1), ("one machine", 16, 1), ("ten machines", 16, 10))
DOLLARS_PER_PROCESSOR_HOUR = 0.05
DOLLARS_PER_GIGABYTE_MONTH = 0.08
#: What one machine reads from the bucket, in gigabytes a second (10 Gbit/s at one half).
NETWORK = 0.6
#: Processors that the measurements were made with.
MEASURED_WITH = 2

ASSUMED = """Assumed, not measured:
- The processors' work grows in proportion (see the exponent above), and processors share it evenly,
  because parts are converted independently of one another. Measured with {with_} of them.
- Two bounds: the work follows the bytes, or it follows the number of works. Real works are shorter
  (1.3 kB gzipped against 3.0 here), so the bounds lie apart by that ratio. Unpacking and parsing,
  most of the work for JSONL, follow the bytes: there the lower bound is the likelier one.
- Tables take time in proportion to the works kept, and are made on one machine with all processors.
- A machine reads {network} GB/s from the bucket; where that is slower than its processors, it counts.
  Of Parquet only the columns needed are read, in the share that they have of the measured files.
  The wait for the answer to each request (some ten a part) is not in it.
- Collecting takes as long as it did with the share kept in the measured files.
- Ten machines: each is given some of the partitions by hand; the package has no scheduler for that.
- {dollars} dollars an hour and processor, {disk} dollars a month and GB of disk, needed for three days."""


def hours(figure: dict, share: float, processors: int, machines: int, by: str) -> tuple[float, bool]:
    """Return hours from snapshot to tables, and whether the network is what they wait for.

    `by` is `bytes` or `works`: what the work of collecting is taken to follow.
    """
    gigabytes = GIGABYTES[figure["form"]]
    factor = gigabytes * 1e9 / figure["bytes"] if by == "bytes" else WORKS / figure["works"]
    computing = figure["collect"] * factor * MEASURED_WITH / (processors * machines)
    reading = gigabytes * figure["read_share"] / (NETWORK * machines)
    tabulating = figure["tabulate_a_work"] * WORKS * share * MEASURED_WITH / processors
    return (max(computing, reading) + tabulating) / 3600, reading > computing


def disk(figure: dict, share: float) -> float:
    """Return the gigabytes beside the source: a line for every work, records for those kept."""
    lines = max(figure["parts_bytes"] - figure["records_bytes"], 0) / figure["works"] * WORKS
    return (lines + figure["records_bytes"] / max(figure["kept"], 1) * WORKS * share) / 1e9


def _span(low: float, high: float) -> str:
    """Write two times, given in hours, in minutes where they are short."""
    return f"{low:.1f} to {high:.1f} h" if high >= 1 else f"{60 * low:.0f} to {60 * high:.0f} minutes"


def page(figures: list[dict]) -> str:
    """Return the page of extrapolation, from the figures of the largest size of each format."""
    lines = ["", f"All {WORKS / 1e6:.0f} million works, extrapolated from the measurements above", ""]
    for figure in figures:
        form, n = figure["form"], figure["works"]
        lines.append(
            f"{form}, {GIGABYTES[form]} GB, of which {figure['read_share']:.1%} are read; "
            f"measured: {n:,} works of {figure['bytes'] / n / 1e3:.1f} kB"
        )
        for share in SHARES:
            for name, processors, machines in MACHINES:
                low, waits = hours(figure, share, processors, machines, "bytes")
                high, _ = hours(figure, share, processors, machines, "works")
                rent = [took * processors * machines * DOLLARS_PER_PROCESSOR_HOUR for took in (low, high)]
                lines.append(
                    f"  {share:4.0%} kept, {name:12} of {processors:2} processors: {_span(low, high)}"
                    f"{' (at least the network)' if waits else ''}, {rent[0]:.2f} to {rent[1]:.2f} dollars"
                )
            space = disk(figure, share)
            lines.append(
                f"  {share:4.0%} kept: {space:.0f} GB of disk beside the source, "
                f"{space * DOLLARS_PER_GIGABYTE_MONTH / 10:.2f} dollars"
            )
        lines.append(
            f"  the source, where a copy is kept: {GIGABYTES[form]} GB, "
            f"{GIGABYTES[form] * DOLLARS_PER_GIGABYTE_MONTH:.0f} dollars a month"
        )
    return "\n".join(
        [
            *lines,
            "",
            ASSUMED.format(
                with_=MEASURED_WITH,
                network=NETWORK,
                dollars=DOLLARS_PER_PROCESSOR_HOUR,
                disk=DOLLARS_PER_GIGABYTE_MONTH,
            ),
        ]
    )
