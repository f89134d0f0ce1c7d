"""The texts in German. Addresses the reader as „Sie“. Units stand in the dative that „in“ and „seit“ ask for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TEXTS: Final[Mapping[str, str | Mapping[str, str]]] = MappingProxyType(
    {
        # The answer
        "allowed": "Sie können jetzt Auszahlungen vornehmen.",
        "allowed_operation": "Jetzt verfügbar: {operation}.",
        "denied.until": (
            "Diese Auszahlung ist vorübergehend gesperrt. Wenn nichts Weiteres geschieht, endet die Sperre von "
            "selbst am {resumes_at}."
        ),
        "denied.until_operation": (
            "Vorübergehend gesperrt: {operation}. Wenn nichts Weiteres geschieht, endet die Sperre von "
            "selbst am {resumes_at}."
        ),
        "denied.open": (
            "Diese Auszahlung ist gesperrt, und die Sperre endet nicht von selbst. Hier sehen Sie, wie es weitergeht."
        ),
        "denied.open_operation": (
            "Gesperrt: {operation}. Die Sperre endet nicht von selbst. Hier sehen Sie, wie es weitergeht."
        ),
        "denied.until_destination": (
            "Auszahlungen an dieses Ziel sind vorübergehend gesperrt. Wenn nichts Weiteres geschieht, endet die "
            "Sperre von selbst am {resumes_at}."
        ),
        "denied.until_destination_operation": (
            "Vorübergehend gesperrt, an dieses Ziel: {operation}. Wenn nichts Weiteres geschieht, endet die "
            "Sperre von selbst am {resumes_at}."
        ),
        "denied.open_destination": (
            "Auszahlungen an dieses Ziel sind gesperrt, und die Sperre endet nicht von selbst. Hier sehen Sie, "
            "wie es weitergeht."
        ),
        "denied.open_destination_operation": (
            "Gesperrt, an dieses Ziel: {operation}. Die Sperre endet nicht von selbst. Hier sehen Sie, wie es "
            "weitergeht."
        ),
        "denied.destinations_only": "Betroffen sind nur die hier genannten Ziele.",
        "denied.several": {
            "one": "Dafür gibt es {count} Grund, und er muss zuerst wegfallen.",
            "other": "Dafür gibt es {count} verschiedene Gründe, und alle müssen zuerst wegfallen.",
        },
        # Why
        "why.abnormal_activity": (
            "Grund: ungewöhnliche Aktivitäten oder etwas anderes in Ihrem Konto, das wir prüfen müssen."
        ),
        "why.address_added": "Grund: Eine Adresse oder ein Empfänger wurde hinzugefügt.",
        "why.exchange_made": "Grund: In Ihrem Konto wurde etwas umgetauscht.",
        "why.legal_order": "Grund: die Anordnung eines Gerichts oder einer Behörde.",
        "why.money_received": "Grund: Auf Ihrem Konto ist eine Einzahlung eingegangen.",
        "why.new_account": "Grund: Ihr Konto ist neu.",
        "why.new_device": "Grund: ein neues Gerät in Ihrem Konto.",
        "why.own_request": "Grund: Dies wurde von Ihnen oder für Ihr Konto verlangt.",
        "why.purchase_made": "Grund: Über Ihr Konto wurde etwas gekauft.",
        "why.security_change": "Grund: eine Änderung an der Sicherheit Ihres Kontos.",
        "why.unspecified": "Grund: Für Ihr Konto besteht eine Sperre.",
        "hold.began_on": "Dieser Grund besteht seit dem {began_on}.",
        "hold.this_destination": "Dieser Grund betrifft nur dieses Ziel.",
        "hold.destination": "Dieser Grund betrifft nur ein Ziel ({destination_id}).",
        "hold.failed": "Ihre vorherige Verifizierung oder Ihr vorheriger Einspruch wurde nicht akzeptiert.",
        "hold.failed_because": (
            "Ihre vorherige Verifizierung oder Ihr vorheriger Einspruch wurde nicht akzeptiert: {reasons}."
        ),
        # What to do
        "step.wait": (
            "Bitte warten Sie bis zum {until}. Dieser Grund fällt dann von selbst weg; dafür müssen Sie nichts tun."
        ),
        "step.wait_too": "Es gilt eine Wartezeit bis zum {until}.",
        "step.sooner": "Dieser Grund kann früher wegfallen, wenn Sie Folgendes tun.",
        "step.verify": (
            "Wählen Sie „Jetzt verifizieren“ und bestätigen Sie Ihre Identität: {methods}. Anschließend "
            "prüfen wir das Ergebnis."
        ),
        "step.verify_otherwise": (
            "Wählen Sie „Jetzt verifizieren“ und führen Sie die Verifizierung auf einem dieser Wege durch: "
            "{methods}. Anschließend prüfen wir das Ergebnis."
        ),
        "step.complete_verification": "Bitte schließen Sie die begonnene Verifizierung ab: {method}.",
        "step.complete_verification_by": "Bitte schließen Sie die begonnene Verifizierung vor dem {due} ab: {method}.",
        "step.hand_in": "Für Ihre Verifizierung ({method}) fehlt noch etwas. Bitte reichen Sie ein: {documents}.",
        "step.hand_in_by": (
            "Für Ihre Verifizierung ({method}) fehlt noch etwas. Bitte reichen Sie vor dem {due} ein: {documents}."
        ),
        "step.more_because": "Warum noch etwas fehlt: {reasons}.",
        "step.await_review": "Ihre Verifizierung wird geprüft. Dafür müssen Sie im Moment nichts tun.",
        "step.await_review_by": (
            "Ihre Verifizierung wird geprüft. Wir rechnen mit einer Entscheidung bis zum {expected_by}. "
            "Dieser Termin allein beendet die Sperre nicht."
        ),
        "step.await_review_overdue": (
            "Ihre Verifizierung wird noch geprüft. Die Entscheidung war bis zum {expected_by} erwartet und verspätet "
            "sich. Dafür müssen Sie im Moment nichts tun."
        ),
        "step.appeal": (
            "Wählen Sie „Einspruch gegen die Auszahlungssperre“ und reichen Sie den Einspruch ein. "
            "Erforderliche Unterlagen: {documents}."
        ),
        "step.appeal_bare": (
            "Wählen Sie „Einspruch gegen die Auszahlungssperre“ und reichen Sie den Einspruch ein. "
            "Unterlagen sind nicht nötig."
        ),
        "step.appeal_more": (
            "Für Ihren Einspruch fehlt noch etwas. Wählen Sie „Einspruch gegen die Auszahlungssperre“ und reichen "
            "Sie ein: {documents}."
        ),
        "step.appeal_more_bare": (
            "Für Ihren Einspruch fehlt noch etwas. Wählen Sie „Einspruch gegen die Auszahlungssperre“ und antworten "
            "Sie uns."
        ),
        "step.await_appeal": "Über Ihren Einspruch wird entschieden. Dafür müssen Sie im Moment nichts tun.",
        "step.await_appeal_by": (
            "Über Ihren Einspruch wird entschieden. Wir rechnen mit einer Entscheidung bis zum "
            "{expected_by}. Dieser Termin allein beendet die Sperre nicht."
        ),
        "step.await_appeal_overdue": (
            "Über Ihren Einspruch wird noch entschieden. Die Entscheidung war bis zum {expected_by} erwartet und "
            "verspätet sich. Dafür müssen Sie im Moment nichts tun."
        ),
        "step.contact_support": (
            "Wenden Sie sich an unseren Kundendienst, und zwar nur über unsere offiziellen Kanäle. Beenden kann "
            "dies: {authorities}."
        ),
        "step.ask_others": "Unser Kundendienst kann dies nicht beenden. Beenden kann dies: {authorities}.",
        "step.nothing_now": "Daran können Sie hier im Moment nichts ändern.",
        "step.tip": "Tipp: {tip}.",
        "choice.identity": "Wählen Sie, ob Sie sich als Privatperson oder als Unternehmen verifizieren.",
        "choice.personal": "Als Privatperson",
        "choice.business": "Als Unternehmen",
        "choice.face": "Das geht im Browser oder in der mobilen App.",
        "choice.web": "Im Browser",
        "choice.mobile": "In der mobilen App",
        "choice.qr_code": "Für die mobile App scannen Sie den QR-Code mit Ihrem Telefon.",
        # The page
        "notice.abnormal_activity": (
            "Wir haben ungewöhnliche Aktivitäten oder etwas anderes festgestellt, das wir prüfen müssen, und "
            "Auszahlungen zum Schutz Ihres Kontos eingeschränkt."
        ),
        "notice.abnormal_activity_some": (
            "Wir haben ungewöhnliche Aktivitäten oder etwas anderes festgestellt, das wir prüfen müssen. Zum Schutz "
            "Ihres Kontos sind einige Vorgänge gesperrt."
        ),
        "notice.timed": (
            "Einige Vorgänge in Ihrem Konto sind gesperrt. Wenn nichts Weiteres geschieht, endet dies von selbst am "
            "{resumes_at}."
        ),
        "notice.link": "Gründe und nächste Schritte ansehen",
        "verify.prompt": (
            "Bitte bestätigen Sie zum Schutz Ihres Kontos, dass wirklich Sie es sind. Danach prüfen wir Ihre "
            "Verifizierung."
        ),
        "verify.button": "Jetzt verifizieren",
        "appeal.button": "Einspruch gegen die Auszahlungssperre",
        # Refusals
        "refused.look_again": (
            "Das ist im Moment nicht möglich. Bitte laden Sie die Seite neu, um zu sehen, was Sie jetzt tun können."
        ),
        "refused.choose_another_method": (
            "Diese Art der Verifizierung wird für Ihr Konto derzeit nicht akzeptiert. Bitte wählen Sie eine andere."
        ),
        "refused.verification_closed": (
            "Eine Verifizierung ist hier nicht mehr möglich. Bitte laden Sie die Seite neu, um zu sehen, was "
            "Sie jetzt tun können."
        ),
        "refused.appeal_not_offered": (
            "Ein Einspruch ist im Moment nicht möglich. Bitte laden Sie die Seite neu, um zu sehen, was Sie "
            "jetzt tun können."
        ),
        "refused.documents_missing": "Es fehlen Unterlagen: {documents}.",
        "refused.not_permitted": (
            "Darüber können nur unsere Mitarbeiter entscheiden. Wenn Sie Hilfe brauchen, wenden Sie sich an "
            "unseren Kundendienst."
        ),
        # Titles of problem documents
        "problem.wait": "Vorübergehend gesperrt",
        "problem.verify": "Sie können jetzt eine Verifizierung durchführen",
        "problem.complete_verification": "Ihre Verifizierung ist noch nicht abgeschlossen",
        "problem.await_review": "Ihre Verifizierung wird geprüft",
        "problem.appeal": "Sie können Einspruch einlegen oder ergänzen",
        "problem.await_appeal": "Über Ihren Einspruch wird entschieden",
        "problem.contact_support": "Bitte wenden Sie sich an den Kundendienst",
        "problem.ask_others": "Unser Kundendienst kann dies nicht beenden",
        "problem.look_again": "Im Moment nicht möglich",
        "problem.choose_another_method": "Bitte wählen Sie eine andere Art der Verifizierung",
        "problem.add_documents": "Es fehlen Unterlagen",
        # For staff
        "staff.decision": "Konto: {account} · Vorgang: {operation} · Ziel: {destination} · Phase: {phase}",
        "staff.request_destination": "Gefragt wurde nach dem Ziel: {destination_id}",
        "staff.hold": (
            "Sperre: {hold} · Regel: {rule} · Auslöser: {trigger} · Richtlinie: {policy} {version} · "
            "Zustand: {state} · seit: {since}"
        ),
        "staff.public_reason": "Dem Kontoinhaber genannter Grund: {public_reason}",
        "staff.keep_to_yourself": "Teilen Sie dem Kontoinhaber nicht mit, was dies ausgelöst hat und wann.",
        "staff.hold_destination": "Betrifft nur das Ziel: {destination_id}",
        "staff.hold_timer": "Läuft bis: {until}",
        "staff.open_for": "Besteht seit: {duration}",
        "staff.reasons": "Gründe der letzten Ablehnung: {reasons}",
        "staff.more_because": "Gründe der Nachforderung: {reasons}",
        "staff.refused": "Das Ereignis {event} wurde abgewiesen: {refusal}.",
        "staff.authorities": "Freigabe angeordnet im Namen von: {authority} · freigeben darf: {authorities}",
        "staff.outdated": "Das Ereignis kommt zu spät: bitte quittieren.",
        "staff.early": "Das Ereignis kann zu früh gekommen sein: erneut zustellen und danach einem Menschen vorlegen.",
        # Phases
        "phase.active": "Aktiv",
        "phase.suspended": "Gesperrt",
        "phase.verification": "Verifizierung läuft",
        "phase.review": "In Prüfung",
        "phase.appeal": "Einspruch läuft",
        "phase.restored": "Wieder freigegeben",
        # Names
        "authority.compliance": "Compliance-Abteilung",
        "authority.master_key": "der Hauptschlüssel (Master Key)",
        "authority.security": "Sicherheitsteam",
        "authority.support": "Kundendienst",
        "authority.unlock_request": "ein Antrag auf Entsperrung",
        "destination.new": "neu",
        "destination.known": "bekannt",
        "document.id_photo": "ein Foto Ihres Ausweises",
        "document.supporting_documents": "Belege, die Ihre Angaben stützen",
        "method.bank_deposit": "eine Einzahlung von Ihrem Bankkonto",
        "method.face_mobile": "Gesichtsverifizierung in der mobilen App",
        "method.face_web": "Gesichtsverifizierung im Browser",
        "method.id_photo_with_note": "ein Foto Ihres Ausweises mit einer datierten, unterschriebenen Notiz",
        "method.identity_business": "Identitätsprüfung als Unternehmen",
        "method.identity_personal": "Identitätsprüfung als Privatperson",
        "method.registered_email": "eine E-Mail von Ihrer hinterlegten Adresse",
        "method.second_approver": "Zustimmung durch einen zweiten Administrator",
        "method.video_call": "ein Videogespräch",
        "operation.address_addition": "Hinzufügen von Auszahlungsadressen",
        "operation.api_access": "Zugriff über die API",
        "operation.api_key_management": "Verwaltung von API-Schlüsseln",
        "operation.deposit": "Einzahlungen",
        "operation.fiat_withdrawal": "Auszahlungen auf ein Bankkonto",
        "operation.gift": "Geschenke, Codes und rote Umschläge",
        "operation.login": "Anmeldung",
        "operation.p2p_sale": "P2P-Verkäufe",
        "operation.payment": "Zahlungen",
        "operation.settings_change": "Änderungen der Einstellungen",
        "operation.trade": "Handel",
        "operation.transfer": "Überträge innerhalb der Plattform",
        "operation.vault_withdrawal": "Auszahlungen aus einem Tresor",
        "operation.withdrawal": "Auszahlungen",
        "reason.abandoned": "die Verifizierung wurde nicht abgeschlossen",
        "reason.clock_skew": "die Uhr eines Geräts ging falsch",
        "reason.document_expired": "das Dokument war abgelaufen",
        "reason.document_tampered": "das Dokument schien verändert worden zu sein",
        "reason.document_type_not_supported": "diese Art von Dokument wurde nicht akzeptiert",
        "reason.document_unreadable": "das Dokument war nicht lesbar",
        "reason.face_covered": "das Gesicht war verdeckt",
        "reason.face_mismatch": "das Gesicht stimmte nicht überein",
        "reason.face_not_found": "es war kein Gesicht zu erkennen",
        "reason.image_edited": "ein Bild war bearbeitet",
        "reason.network_error": "es gab ein Netzwerkproblem",
        "reason.personal_data_mismatch": "die persönlichen Angaben stimmten nicht überein",
        "reason.poor_light": "das Licht war zu schwach",
        "reason.software_blocked": "eine Software auf dem Gerät hat die App blockiert",
        "refusal.wrong_account": "es betrifft ein anderes Konto",
        "refusal.unknown_hold": "das Konto hat keine solche Sperre",
        "refusal.hold_not_open": "die Sperre bestand zu diesem Zeitpunkt nicht",
        "refusal.no_clearance": "weder Verifizierung noch Einspruch hebt diese Sperre auf",
        "refusal.not_authorized": "diese Entscheidung steht dem Handelnden nicht zu",
        "refusal.wrong_state": "es passt nicht zum Stand der Sperre",
        "refusal.method_not_accepted": "die Methode wird für dieses Konto derzeit nicht akzeptiert",
        "refusal.attempts_exhausted": "die Verifizierung ist für diese Sperre geschlossen",
        "refusal.appeal_not_offered": "ein Einspruch wird nicht angeboten",
        "refusal.documents_missing": "eine erforderliche Unterlage fehlt",
        "refusal.same_reviewer": "wer die Prüfung entschieden hat, darf nicht über den Einspruch entscheiden",
        "refusal.stale": "es betrifft etwas Älteres als das, was jetzt bekannt ist",
        "refusal.unknown_event": "das Ereignis, das zurückgenommen werden soll, ist nicht bekannt",
        "tip.check_network": "Prüfen Sie Ihre Netzwerkverbindung",
        "tip.good_light": "Sorgen Sie für gutes Licht",
        "tip.no_edited_pictures": "Verwenden Sie Bilder ohne Bearbeitung und ohne Wasserzeichen",
        "tip.no_hat_or_glasses": "Nehmen Sie Kopfbedeckung und Brille ab",
        "tip.security_software": "Achten Sie darauf, dass keine Sicherheitssoftware die App blockiert",
        "tip.synchronise_clocks": "Stellen Sie die Uhren von Telefon und Computer gleich",
        # Instants, durations and lists
        "date": "{day}. {month} {year}",
        "instant": "{date} um {time} Uhr ({offset})",
        "instant.ahead": "{date} um {time} Uhr ({offset}, in {duration})",
        "month.1": "Januar",
        "month.2": "Februar",
        "month.3": "März",
        "month.4": "April",
        "month.5": "Mai",
        "month.6": "Juni",
        "month.7": "Juli",
        "month.8": "August",
        "month.9": "September",
        "month.10": "Oktober",
        "month.11": "November",
        "month.12": "Dezember",
        "unit.day": {"one": "{count} Tag", "other": "{count} Tagen"},
        "unit.hour": {"one": "{count} Stunde", "other": "{count} Stunden"},
        "unit.minute": {"one": "{count} Minute", "other": "{count} Minuten"},
        "duration.pair": "{larger} und {smaller}",
        "list.comma": "{head}, {last}",
        "list.clauses": "{head} und {last}",
        "list.and": "{head} und {last}",
        "list.or": "{head} oder {last}",
    }
)
