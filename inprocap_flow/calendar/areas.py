"""The places whose public holidays are known: countries and their parts, with zone and currency. A table, no days.

A part stands here where it has a public holiday of its own, as far as the package ``holidays`` knows; the others have
the days of their country (all of Norway, Poland, the Netherlands; Finland but for Åland). Days of single communities
are not known: write them into a calendar of the house.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_PARTS: Final[Mapping[str, str]] = {
    "CH": """AG Aargau; AI Appenzell Innerrhoden; AR Appenzell Ausserrhoden; BE Bern; BL Basel-Landschaft;
        BS Basel-Stadt; FR Fribourg; GE Geneva; GL Glarus; GR Grisons; JU Jura; LU Lucerne; NE Neuchâtel; NW Nidwalden;
        OW Obwalden; SG St. Gallen; SH Schaffhausen; SO Solothurn; SZ Schwyz; TG Thurgau; TI Ticino; UR Uri; VD Vaud;
        VS Valais; ZG Zug; ZH Zurich""",
    # Bavaria: Assumption Day is one only where most people are Catholic; the package keeps it apart.
    "DE": """BB Brandenburg; BE Berlin; BW Baden-Württemberg; BY Bavaria without Assumption Day; HB Bremen; HE Hesse;
        HH Hamburg; MV Mecklenburg-Western Pomerania; NI Lower Saxony; NW North Rhine-Westphalia;
        RP Rhineland-Palatinate; SH Schleswig-Holstein; SL Saarland; SN Saxony; ST Saxony-Anhalt; TH Thuringia""",
    "ES": """AN Andalusia; AR Aragon; AS Asturias; CB Cantabria; CE Ceuta; CL Castile and León; CM Castilla-La Mancha;
        CN Canary Islands; CT Catalonia; EX Extremadura; GA Galicia; IB Balearic Islands; MC Murcia; MD Madrid;
        ML Melilla; NC Navarre; PV Basque Country; RI La Rioja; VC Valencian Community""",
    "FI": "01 Åland",
    "FR": """57 Moselle; 6AE Alsace; 971 Guadeloupe; 972 Martinique; 973 French Guiana; 974 Réunion; 976 Mayotte;
        BL Saint Barthélemy; MF Saint Martin; NC New Caledonia; PF French Polynesia; WF Wallis and Futuna""",
}
# Parts that are not in the zone of their country.
_ZONES: Final[Mapping[str, str]] = {
    "ES-CE": "Africa/Ceuta",
    "ES-CN": "Atlantic/Canary",
    "ES-ML": "Africa/Ceuta",
    "FI-01": "Europe/Mariehamn",
    "FR-971": "America/Guadeloupe",
    "FR-972": "America/Martinique",
    "FR-973": "America/Cayenne",
    "FR-974": "Indian/Reunion",
    "FR-976": "Indian/Mayotte",
    "FR-BL": "America/St_Barthelemy",
    "FR-MF": "America/Marigot",
    "FR-NC": "Pacific/Noumea",
    "FR-PF": "Pacific/Tahiti",
    "FR-WF": "Pacific/Wallis",
}
_CURRENCIES: Final[Mapping[str, str]] = dict.fromkeys(("FR-NC", "FR-PF", "FR-WF"), "XPF")


@dataclass(frozen=True, slots=True)
class Country:
    """A country with what its areas share. ``whole`` says whether it is an area itself, or only its parts are."""

    code: str
    title: str
    zone: str
    currency: str
    whole: bool = True
    categories: tuple[str, ...] = ("public",)


@dataclass(frozen=True, slots=True)
class Area:
    """A place with its holidays: country and subdivision as the package calls them, the categories taken, the zone."""

    code: str
    title: str
    zone: str
    currency: str
    country: str
    subdivision: str | None = None
    categories: tuple[str, ...] = ("public",)


# Sweden: Midsummer Eve, Christmas Eve and New Year's Eve are no public holidays by name but count as such when a
# statutory period is computed (own knowledge, not confirmed); the package calls them "de_facto".
COUNTRIES: Final[Mapping[str, Country]] = {
    one.code: one
    for one in (
        Country("CH", "Switzerland", "Europe/Zurich", "CHF", whole=False),
        Country("DE", "Germany", "Europe/Berlin", "EUR", whole=False),
        Country("DK", "Denmark", "Europe/Copenhagen", "DKK"),
        Country("ES", "Spain, national days only", "Europe/Madrid", "EUR"),
        Country("FI", "Finland", "Europe/Helsinki", "EUR"),
        Country("FR", "France", "Europe/Paris", "EUR"),
        Country("NL", "Netherlands", "Europe/Amsterdam", "EUR"),
        Country("NO", "Norway", "Europe/Oslo", "NOK"),
        Country("PL", "Poland", "Europe/Warsaw", "PLN"),
        Country("SE", "Sweden", "Europe/Stockholm", "SEK", categories=("public", "de_facto")),
        Country("SK", "Slovakia", "Europe/Bratislava", "EUR"),
    )
}


def _areas(country: Country) -> Iterator[Area]:
    if country.whole:
        code, taken = country.code, country.categories
        yield Area(code, country.title, country.zone, country.currency, code, None, taken)
    for part in filter(None, _PARTS.get(country.code, "").split(";")):
        subdivision, title = " ".join(part.split()).split(" ", 1)
        code = f"{country.code}-{subdivision}"
        zone, currency = _ZONES.get(code, country.zone), _CURRENCIES.get(code, country.currency)
        yield Area(code, title, zone, currency, country.code, subdivision, country.categories)


AREAS: Final[Mapping[str, Area]] = {area.code: area for country in COUNTRIES.values() for area in _areas(country)}


def parts_of(country: str) -> list[Area]:
    """Return the parts of a country (its code in capitals) that are areas of their own; none is possible."""
    return [area for area in AREAS.values() if area.country == country and area.subdivision]


def areas_in_words(wanted: str = "") -> str:
    """Return the codes that are known, in one line: those of the country that *wanted* names, else all, in ranges."""
    country = wanted.upper().split("-")[0]
    if country in COUNTRIES:
        own = [country] if COUNTRIES[country].whole else []
        return ", ".join([*own, *(f"{one.code} ({one.title})" for one in parts_of(country))])
    return ", ".join(_range(one) for one in COUNTRIES.values())


def _range(country: Country) -> str:
    parts = [one.code for one in parts_of(country.code)]
    among = f"{parts[0]} to {parts[-1]}" if len(parts) > 1 else "".join(parts)
    return ", ".join(filter(None, [country.code if country.whole else "", among]))
