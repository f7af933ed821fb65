"""Every sentence of a message, in each language that messages come in. Titles come from the definitions.

A language that is missing here falls back to English; a sentence cannot be missing, a test compares the languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

# fmt: off
EN: Final = MappingProxyType({
    # what
    "told": "Done: {step}.",
    "act_extend": "{deadline} now ends later", "act_suspend": "{deadline} stands still until further notice",
    "act_resume": "{deadline} runs again", "act_satisfy": "{deadline} is met", "act_stop": "{deadline} is stopped",
    "act_restart": "{deadline} starts anew", "act_correct": "The wrong end of {deadline} is set right",
    "act_recount": "{deadline} was counted again on a newer calendar",
    "approval_declined": "Declined: {approval}.",
    "expiry_refused": "{step} should have followed by itself and could not. Please look at why.",
    "published": "To be published: {names}.", "published_many": "To be published: {count} documents.",
    "notice": "A notice is due: {notice}.",
    "asked": "Your signature is asked for: {approval}.",
    "watch": "{approval} is needed again, because of the watch {watch}.",
    "correction": 'Correction: "{subject}" was annulled. What you were told about it no longer holds.',
    "undelivered": "{whom} could not be reached. Please pass it on yourself, or correct the address.",
    "undelivered_firm": "{whom} could not be reached. Please pass it on yourself.",
    "address_firm": "nobody who speaks for the firm is known here. Say where it is reached: inprocap-flow people reach "
    "CASE TRACK --email ADDRESS; then: inprocap-flow deliveries retry --all",
    "address_person": "write `contact` in the file of the organisation, then: inprocap-flow release FILE",
    "ends": "{deadline} ends {when}.", "ended": "{deadline} ended {when}.",
    "due": "{deadline} is due {when}.", "was_due": "{deadline} was due {when}.",
    "in_days": "in {days} days", "in_one_day": "tomorrow", "today": "today",
    "days_ago": "{days} days ago", "one_day_ago": "yesterday",
    "waits": "Still waiting for a signature: {approval}.",
    "silent": "Nothing has happened for a while: {stage}.",
    "lapses": "A signature lapses: {approval}.",
    "safely": "{deadline}: to extend it safely, begin now.",
    "papers": "The papers for a meeting are due {when}: {approval}.",
    "reminder": "A reminder: {subject}.",
    "escalation": "Escalation: {what}",
    "late": "Late: this was due on {due} and could not be sent then.",
    "report_refused": 'The linked case did not take what this case reported: "{report}". Nothing was changed there.',
    "report_refused_here": 'A linked case reported "{report}", and it could not be carried out here.',
    "report_annulled": 'A linked case has annulled what it reported here: "{report}". Please see what follows from it.',
    "migration": "Change to another version of the procedure",
    "migrated": "This case goes on by another version of its procedure: {version}.",
    "migrated_outside": "Deadlines of this procedure have changed.",
    "for_step": "{what}, for: {step}", "signed_now": "{what}, now by: {roles}",
    "finding_subject": "Something to mend at {house}", "findings_subject": "{count} things to mend at {house}",
    "findings": "The daily look at what {house} uses has found this. You are told of each thing once.",
    "as_responsible": "You get this because you answer for procedures at {organisation}, or stand in for somebody who "
    "does.",
    "procedure": "Procedure", "mend": "What to do",
    # labels
    "stands": "Stands in", "stopped": "Runs no more", "void": "No longer signed", "asked_again": "Asked for again",
    "newly": "Needed from now on", "otherwise": "Signed otherwise", "by": "By", "address": "Address",
    "linked": "Linked case",
    "case": "Case", "on": "On", "until": "Until", "since": "Ended", "why": "Why", "documents": "About", "when": "When",
    "reason": "Reason", "look": "To look", "sign": "To sign", "see_why": "To see why", "next": "To do",
    "message": "Message", "asked_on": "Asked on", "last": "Last change",
    "instead_of": "Instead of", "opens_again": "Open again; it had ended",
    # around it
    "digest": "{count} messages for you.",
    "digest_subject": "{count} messages, {cases}",
    "one_case": "one case", "many_cases": "{count} cases",
    "late_subject": "Late: {subject}",
    "as_role": "You get this as {role}, or standing in for one, at {organisation}.",
    "as_left": "You get this because whoever it was meant for has left {organisation}.",
    "as_person": "You get this as the person concerned, or standing in for them, at {organisation}.",
    "as_speaker": "You get this because you speak for {track} towards {organisation}.",
    "as_owner": "You get this because you answer for this case at {organisation}.",
    "as_publisher": "You get this because you carried out the step that it follows from, at {organisation}.",
    "no_answers": "Sent by inprocap-flow. Nobody reads answers to this address.",
    "the_role": "The role {role}",
    "no-address": "no address is known",
    "gave_up": "the address does not take messages",
    "came_back": "the mail came back",
    "end_of": "the end of {day} (24:00, {zone})",
    "moment": "{day}, {hour} ({zone})",
    "day": "{weekday}, {number} {month} {year}",
})

DE: Final = MappingProxyType({
    "told": "Erledigt: {step}.",
    "act_extend": "{deadline} endet jetzt später", "act_suspend": "{deadline} ruht bis auf Weiteres",
    "act_resume": "{deadline} läuft wieder", "act_satisfy": "{deadline} ist erfüllt",
    "act_stop": "{deadline} ist beendet",
    "act_restart": "{deadline} beginnt von neuem", "act_correct": "Das falsche Ende von {deadline} ist berichtigt",
    "act_recount": "{deadline} wurde nach einem neueren Kalender neu berechnet",
    "approval_declined": "Abgelehnt: {approval}.",
    "expiry_refused": "{step} hätte von selbst folgen sollen und konnte es nicht. Bitte den Grund ansehen.",
    "published": "Zu veröffentlichen: {names}.", "published_many": "Zu veröffentlichen: {count} Unterlagen.",
    "notice": "Eine Bekanntmachung ist fällig: {notice}.",
    "asked": "Ihre Zustimmung ist erbeten: {approval}.",
    "watch": "{approval} ist wieder nötig, wegen der Überwachung {watch}.",
    "correction": 'Berichtigung: "{subject}" wurde aufgehoben. Was Ihnen dazu mitgeteilt wurde, gilt nicht mehr.',
    "undelivered": "{whom} war nicht zu erreichen. Bitte geben Sie es selbst weiter oder berichtigen Sie die Adresse.",
    "undelivered_firm": "{whom} war nicht zu erreichen. Bitte geben Sie es selbst weiter.",
    "address_firm": "hier ist niemand bekannt, der für die Firma spricht. Sagen Sie, wo sie erreicht wird: "
    "inprocap-flow people reach FALL AKTE --email ADRESSE; dann: inprocap-flow deliveries retry --all",
    "address_person": "`contact` in der Datei der Organisation schreiben, dann: inprocap-flow release DATEI",
    "ends": "{deadline} endet {when}.", "ended": "{deadline} endete {when}.",
    "due": "{deadline} ist {when} fällig.", "was_due": "{deadline} war {when} fällig.",
    "in_days": "in {days} Tagen", "in_one_day": "morgen", "today": "heute",
    "days_ago": "vor {days} Tagen", "one_day_ago": "gestern",
    "waits": "Eine Unterschrift fehlt noch: {approval}.",
    "silent": "Seit einiger Zeit ist nichts geschehen: {stage}.",
    "lapses": "Eine Unterschrift verliert ihre Gültigkeit: {approval}.",
    "safely": "{deadline}: Eine Verlängerung müsste jetzt begonnen werden.",
    "papers": "Die Unterlagen für eine Sitzung sind {when} fällig: {approval}.",
    "reminder": "Eine Erinnerung: {subject}.",
    "escalation": "Eskalation: {what}",
    "late": "Verspätet: Dies war am {due} fällig und konnte da nicht gesendet werden.",
    "report_refused": 'Der verbundene Fall hat die Meldung "{report}" nicht angenommen. Dort wurde nichts geändert.',
    "report_refused_here": 'Ein verbundener Fall meldete "{report}"; das konnte hier nicht ausgeführt werden.',
    "report_annulled": 'Ein verbundener Fall hat seine Meldung "{report}" aufgehoben. Bitte prüfen, was daraus folgt.',
    "migration": "Wechsel zu einer anderen Fassung des Verfahrens",
    "migrated": "Dieser Fall läuft nach einer anderen Fassung seines Verfahrens weiter: {version}.",
    "migrated_outside": "Fristen dieses Verfahrens haben sich geändert.",
    "for_step": "{what}, für: {step}", "signed_now": "{what}, jetzt von: {roles}",
    "finding_subject": "{house}: etwas ist in Ordnung zu bringen",
    "findings_subject": "{house}: {count} Dinge sind in Ordnung zu bringen",
    "findings": "Das hat die tägliche Durchsicht dessen ergeben, was {house} benutzt. Jedes wird Ihnen nur einmal "
    "mitgeteilt.",
    "as_responsible": "Sie erhalten dies, weil Sie für Verfahren zuständig sind oder jemanden vertreten, der es ist, "
    "{organisation}.",
    "procedure": "Verfahren", "mend": "Was zu tun ist",
    "stands": "Steht in", "stopped": "Läuft nicht mehr", "void": "Nicht mehr erteilt",
    "asked_again": "Neu erbeten", "newly": "Ab jetzt nötig", "otherwise": "Anders erteilt",
    "by": "Von", "address": "Adresse",
    "linked": "Verbundener Fall",
    "case": "Fall", "on": "Zu", "until": "Bis", "since": "Ende war", "why": "Grundlage", "documents": "Betrifft",
    "when": "Wann", "reason": "Grund", "look": "Ansehen", "sign": "Zustimmen", "see_why": "Warum", "next": "Zu tun",
    "message": "Nachricht", "asked_on": "Erbeten am", "last": "Zuletzt",
    "instead_of": "Statt", "opens_again": "Wieder offen; war zu Ende",
    "digest": "{count} Nachrichten für Sie.",
    "digest_subject": "{count} Nachrichten, {cases}",
    "one_case": "ein Fall", "many_cases": "{count} Fälle",
    "late_subject": "Verspätet: {subject}",
    "as_role": "Sie erhalten dies in der Rolle {role} oder als deren Vertretung, {organisation}.",
    "as_left": "Sie erhalten dies, weil die Person, für die es bestimmt war, {organisation} verlassen hat.",
    "as_person": "Sie erhalten dies, weil es Sie betrifft oder jemanden, den Sie vertreten, {organisation}.",
    "as_speaker": "Sie erhalten dies, weil Sie für {track} sprechen, von {organisation}.",
    "as_owner": "Sie erhalten dies, weil Sie für diesen Fall zuständig sind, {organisation}.",
    "as_publisher": "Sie erhalten dies, weil Sie den Schritt ausgeführt haben, aus dem es folgt, {organisation}.",
    "no_answers": "Gesendet von inprocap-flow. Antworten an diese Adresse liest niemand.",
    "the_role": "Die Rolle {role}",
    "no-address": "keine Adresse ist bekannt",
    "gave_up": "die Adresse nimmt keine Nachrichten an",
    "came_back": "die Mail kam zurück",
    "end_of": "Ende des {day} (24:00 Uhr, {zone})",
    "moment": "{day}, {hour} Uhr ({zone})",
    "day": "{weekday}, {number}. {month} {year}",
})

_NAMES: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = MappingProxyType({
    "en": (
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
         "December"),
    ),
    "de": (
        ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
        ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
         "Dezember"),
    ),
})
# fmt: on
LANGUAGES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({"en": EN, "de": DE})


class Phrases:
    """The sentences of one language, and how it writes moments in one zone."""

    def __init__(self, language: str, zone: ZoneInfo) -> None:
        self.language = language if language in LANGUAGES else "en"
        self.zone = zone
        self._sentences = LANGUAGES[self.language]

    def say(self, name: str, **parts: object) -> str:
        """Return a sentence. Raises KeyError for one that is not there, as a bug should."""
        return self._sentences[name].format(**parts)

    def day(self, moment: datetime) -> str:
        """Return the local day of *moment*: ``Tuesday, 7 July 2026``."""
        local = moment.astimezone(self.zone)
        weekdays, months = _NAMES[self.language]
        return self.say(
            "day", weekday=weekdays[local.weekday()], number=local.day, month=months[local.month - 1], year=local.year
        )

    def moment(self, moment: datetime) -> str:
        """Return a moment with weekday, hour and zone: ``Tuesday, 7 July 2026, 16:00 (Europe/Berlin, UTC+2)``."""
        local = moment.astimezone(self.zone)
        return self.say("moment", day=self.day(moment), hour=f"{local:%H:%M}", zone=self._zone(local))

    def end(self, moment: datetime) -> str:
        """Return the end of something; midnight is the end of the day before, as the law means it."""
        local = moment.astimezone(self.zone)
        if (local.hour, local.minute) != (0, 0):
            return self.moment(moment)
        before = moment - timedelta(minutes=1)
        return self.say("end_of", day=self.day(before), zone=self._zone(before.astimezone(self.zone)))

    def _zone(self, local: datetime) -> str:
        minutes = int((local.utcoffset() or timedelta()).total_seconds() // 60)
        hours, rest = divmod(abs(minutes), 60)
        sign = "-" if minutes < 0 else "+"
        return f"{self.zone.key}, UTC{sign}{hours}{f':{rest:02}' if rest else ''}"

    def distance(self, moment: datetime, seen_from: datetime) -> str:
        """Return how many local days lie between two moments: ``in 5 days``, ``tomorrow``, ``2 days ago``."""
        # The end of a day at midnight belongs to the day that ends.
        end = (moment - timedelta(microseconds=1)).astimezone(self.zone).date()
        days = (end - seen_from.astimezone(self.zone).date()).days
        if days == 0:
            return self.say("today")
        if abs(days) == 1:
            return self.say("in_one_day" if days > 0 else "one_day_ago")
        return self.say("in_days" if days > 0 else "days_ago", days=abs(days))
