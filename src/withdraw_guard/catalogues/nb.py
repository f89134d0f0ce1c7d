"""The texts in Norwegian Bokmål. Addresses the reader as «du», as Norwegian banks do."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TEXTS: Final[Mapping[str, str | Mapping[str, str]]] = MappingProxyType(
    {
        # The answer
        "allowed": "Du kan gjøre uttak nå.",
        "allowed_operation": "Tilgjengelig nå: {operation}.",
        "denied.until": (
            "Dette uttaket er midlertidig sperret. Hvis det ikke skjer noe nytt, oppheves sperren av seg selv "
            "{resumes_at}."
        ),
        "denied.until_operation": (
            "Midlertidig sperret: {operation}. Hvis det ikke skjer noe nytt, oppheves sperren av seg selv {resumes_at}."
        ),
        "denied.open": (
            "Dette uttaket er sperret, og sperren oppheves ikke av seg selv. Her ser du hva som skjer videre."
        ),
        "denied.open_operation": (
            "Sperret: {operation}. Sperren oppheves ikke av seg selv. Her ser du hva som skjer videre."
        ),
        "denied.until_destination": (
            "Uttak til denne mottakeren er midlertidig sperret. Hvis det ikke skjer noe nytt, oppheves sperren "
            "av seg selv {resumes_at}."
        ),
        "denied.until_destination_operation": (
            "Midlertidig sperret til denne mottakeren: {operation}. Hvis det ikke skjer noe nytt, oppheves "
            "sperren av seg selv {resumes_at}."
        ),
        "denied.open_destination": (
            "Uttak til denne mottakeren er sperret, og sperren oppheves ikke av seg selv. Her ser du hva som "
            "skjer videre."
        ),
        "denied.open_destination_operation": (
            "Sperret til denne mottakeren: {operation}. Sperren oppheves ikke av seg selv. Her ser du hva som "
            "skjer videre."
        ),
        "denied.destinations_only": "Dette gjelder bare mottakerne som er nevnt her.",
        "denied.several": {
            "one": "Det er {count} årsak til dette, og den må opphøre først.",
            "other": "Det er {count} ulike årsaker til dette, og alle må opphøre først.",
        },
        # Why
        "why.abnormal_activity": "Årsak: unormal aktivitet, eller noe annet på kontoen din som vi må undersøke.",
        "why.address_added": "Årsak: en adresse eller en betalingsmottaker ble lagt til.",
        "why.exchange_made": "Årsak: det ble vekslet noe på kontoen din.",
        "why.legal_order": "Årsak: et pålegg fra en domstol eller en annen myndighet.",
        "why.money_received": "Årsak: det kom et innskudd på kontoen din.",
        "why.new_account": "Årsak: kontoen din er ny.",
        "why.new_device": "Årsak: en ny enhet på kontoen din.",
        "why.own_request": "Årsak: dette ble bestilt av deg eller for kontoen din.",
        "why.purchase_made": "Årsak: det ble gjort et kjøp på kontoen din.",
        "why.security_change": "Årsak: en endring av sikkerheten på kontoen din.",
        "why.unspecified": "Årsak: det er en sperre på kontoen din.",
        "hold.began_on": "Denne årsaken har vart siden {began_on}.",
        "hold.this_destination": "Denne årsaken gjelder bare denne mottakeren.",
        "hold.destination": "Denne årsaken gjelder bare én mottaker ({destination_id}).",
        "hold.failed": "Den forrige verifiseringen eller klagen din ble ikke godtatt.",
        "hold.failed_because": "Den forrige verifiseringen eller klagen din ble ikke godtatt: {reasons}.",
        # What to do
        "step.wait": "Vent til {until}. Da opphører denne årsaken av seg selv, og du trenger ikke å gjøre noe med den.",
        "step.wait_too": "Det er en ventetid til {until}.",
        "step.sooner": "Denne årsaken kan opphøre tidligere hvis du gjør følgende.",
        "step.verify": "Velg «Verifiser nå» og bekreft hvem du er: {methods}. Deretter vurderer vi resultatet.",
        "step.verify_otherwise": (
            "Velg «Verifiser nå» og gjennomfør verifiseringen på en av disse måtene: {methods}. Deretter vurderer vi "
            "resultatet."
        ),
        "step.complete_verification": "Fullfør verifiseringen som du har startet: {method}.",
        "step.complete_verification_by": "Fullfør verifiseringen som du har startet, før {due}: {method}.",
        "step.hand_in": "Verifiseringen din ({method}) mangler noe. Send inn: {documents}.",
        "step.hand_in_by": "Verifiseringen din ({method}) mangler noe. Send inn før {due}: {documents}.",
        "step.more_because": "Derfor trengs det mer: {reasons}.",
        "step.await_review": "Verifiseringen din er til vurdering. Du trenger ikke å gjøre noe med dette nå.",
        "step.await_review_by": (
            "Verifiseringen din er til vurdering. Vi regner med å ta en avgjørelse innen {expected_by}. "
            "Tidspunktet alene opphever ikke sperren."
        ),
        "step.await_review_overdue": (
            "Verifiseringen din er fortsatt til vurdering. Avgjørelsen var ventet innen {expected_by} og er "
            "forsinket. Du trenger ikke å gjøre noe med dette nå."
        ),
        "step.appeal": "Velg «Klage på uttakssperre» og send inn klagen med: {documents}.",
        "step.appeal_bare": "Velg «Klage på uttakssperre» og send inn klagen. Du trenger ikke å legge ved dokumenter.",
        "step.appeal_more": "Klagen din mangler noe. Velg «Klage på uttakssperre» og send inn: {documents}.",
        "step.appeal_more_bare": "Klagen din mangler noe. Velg «Klage på uttakssperre» og send inn svaret ditt.",
        "step.await_appeal": "Klagen din er til behandling. Du trenger ikke å gjøre noe med dette nå.",
        "step.await_appeal_by": (
            "Klagen din er til behandling. Vi regner med å ta en avgjørelse innen {expected_by}. Tidspunktet "
            "alene opphever ikke sperren."
        ),
        "step.await_appeal_overdue": (
            "Klagen din er fortsatt til behandling. Avgjørelsen var ventet innen {expected_by} og er forsinket. Du "
            "trenger ikke å gjøre noe med dette nå."
        ),
        "step.contact_support": (
            "Ta kontakt med kundeservice, og bare gjennom de offisielle kanalene våre. Kan oppheve dette: "
            "{authorities}."
        ),
        "step.ask_others": "Kundeservice kan ikke oppheve dette. Kan oppheve dette: {authorities}.",
        "step.nothing_now": "Det er ikke noe du kan gjøre med dette her nå.",
        "step.tip": "Tips: {tip}.",
        "choice.identity": "Velg om du verifiserer deg som privatperson eller som bedrift.",
        "choice.personal": "Som privatperson",
        "choice.business": "Som bedrift",
        "choice.face": "Du kan gjøre dette på nettet eller i mobilappen.",
        "choice.web": "På nettet",
        "choice.mobile": "I mobilappen",
        "choice.qr_code": "Skann QR-koden med telefonen for å bruke mobilappen.",
        # The page
        "notice.abnormal_activity": (
            "Vi har oppdaget unormal aktivitet, eller noe annet som vi må undersøke, og har begrenset uttak for å "
            "beskytte kontoen din."
        ),
        "notice.abnormal_activity_some": (
            "Vi har oppdaget unormal aktivitet, eller noe annet som vi må undersøke. For å beskytte kontoen din er "
            "noen handlinger sperret."
        ),
        "notice.timed": (
            "Noen handlinger på kontoen din er sperret. Hvis det ikke skjer noe nytt, opphører dette av seg selv "
            "{resumes_at}."
        ),
        "notice.link": "Se hvorfor og hva du kan gjøre",
        "verify.prompt": (
            "For å beskytte kontoen din ber vi deg bekrefte at det virkelig er deg. Deretter vurderer vi "
            "verifiseringen."
        ),
        "verify.button": "Verifiser nå",
        "appeal.button": "Klage på uttakssperre",
        # Refusals
        "refused.look_again": "Dette er ikke mulig akkurat nå. Last inn siden på nytt for å se hva du kan gjøre.",
        "refused.choose_another_method": (
            "Denne verifiseringsmåten godtas ikke for kontoen din akkurat nå. Velg en annen."
        ),
        "refused.verification_closed": (
            "Verifisering er ikke lenger tilgjengelig her. Last inn siden på nytt for å se hva du kan gjøre."
        ),
        "refused.appeal_not_offered": (
            "Det er ikke mulig å klage akkurat nå. Last inn siden på nytt for å se hva du kan gjøre."
        ),
        "refused.documents_missing": "Det mangler dokumenter: {documents}.",
        "refused.not_permitted": (
            "Dette kan bare våre ansatte avgjøre. Ta kontakt med kundeservice hvis du trenger hjelp."
        ),
        # Titles of problem documents
        "problem.wait": "Midlertidig sperret",
        "problem.verify": "Du kan verifisere nå",
        "problem.complete_verification": "Verifiseringen er ikke fullført",
        "problem.await_review": "Verifiseringen er til vurdering",
        "problem.appeal": "Du kan klage eller utfylle klagen din",
        "problem.await_appeal": "Klagen er til behandling",
        "problem.contact_support": "Ta kontakt med kundeservice",
        "problem.ask_others": "Kundeservice kan ikke oppheve dette",
        "problem.look_again": "Ikke mulig akkurat nå",
        "problem.choose_another_method": "Velg en annen måte å verifisere deg på",
        "problem.add_documents": "Det mangler dokumenter",
        # For staff
        "staff.decision": "Konto: {account} · operasjon: {operation} · mottaker: {destination} · fase: {phase}",
        "staff.request_destination": "Mottaker det ble spurt om: {destination_id}",
        "staff.hold": (
            "Sperre: {hold} · regel: {rule} · utløser: {trigger} · regelsett: {policy} {version} · tilstand: {state} "
            "· siden: {since}"
        ),
        "staff.public_reason": "Årsak oppgitt til kontoinnehaveren: {public_reason}",
        "staff.keep_to_yourself": "Ikke fortell kontoinnehaveren hva som utløste dette, eller når.",
        "staff.hold_destination": "Gjelder bare mottakeren: {destination_id}",
        "staff.hold_timer": "Utløper: {until}",
        "staff.open_for": "Har vart i: {duration}",
        "staff.reasons": "Årsaker til siste avslag: {reasons}",
        "staff.more_because": "Årsaker til at det ble bedt om mer: {reasons}",
        "staff.refused": "Hendelsen {event} ble avvist: {refusal}.",
        "staff.authorities": "Oppheving besluttet på vegne av: {authority} · kan oppheve: {authorities}",
        "staff.outdated": "Hendelsen kommer for sent: bekreft mottaket.",
        "staff.early": (
            "Hendelsen kan ha kommet for tidlig: send den på nytt, og la deretter en saksbehandler se på den."
        ),
        # Phases
        "phase.active": "Aktiv",
        "phase.suspended": "Sperret",
        "phase.verification": "Verifisering pågår",
        "phase.review": "Til vurdering",
        "phase.appeal": "Klage til behandling",
        "phase.restored": "Gjenåpnet",
        # Names
        "authority.compliance": "etterlevelse (compliance)",
        "authority.master_key": "hovednøkkelen (Master Key)",
        "authority.security": "sikkerhetsavdelingen",
        "authority.support": "kundeservice",
        "authority.unlock_request": "en anmodning om opplåsing",
        "destination.new": "ny",
        "destination.known": "kjent",
        "document.id_photo": "et bilde av legitimasjonen din",
        "document.supporting_documents": "dokumentasjon som støtter saken",
        "method.bank_deposit": "et innskudd fra bankkontoen din",
        "method.face_mobile": "ansiktsverifisering i mobilappen",
        "method.face_web": "ansiktsverifisering på nettet",
        "method.id_photo_with_note": "et bilde av legitimasjonen din med en datert og signert lapp",
        "method.identity_business": "identitetsverifisering som bedrift",
        "method.identity_personal": "identitetsverifisering som privatperson",
        "method.registered_email": "en e-post fra den registrerte adressen din",
        "method.second_approver": "godkjenning fra en annen administrator",
        "method.video_call": "en videosamtale",
        "operation.address_addition": "å legge til uttaksadresser",
        "operation.api_access": "tilgang via API",
        "operation.api_key_management": "administrasjon av API-nøkler",
        "operation.deposit": "innskudd",
        "operation.fiat_withdrawal": "uttak til bankkonto",
        "operation.gift": "gaver, koder og røde konvolutter",
        "operation.login": "innlogging",
        "operation.p2p_sale": "P2P-salg",
        "operation.payment": "betalinger",
        "operation.settings_change": "endringer i innstillingene",
        "operation.trade": "handel",
        "operation.transfer": "overføringer innenfor plattformen",
        "operation.vault_withdrawal": "uttak fra et hvelv",
        "operation.withdrawal": "uttak",
        "reason.abandoned": "verifiseringen ble ikke fullført",
        "reason.clock_skew": "klokken på en enhet var feil",
        "reason.document_expired": "dokumentet var utløpt",
        "reason.document_tampered": "dokumentet så ut til å være endret",
        "reason.document_type_not_supported": "denne typen dokument ble ikke godtatt",
        "reason.document_unreadable": "dokumentet kunne ikke leses",
        "reason.face_covered": "ansiktet var tildekket",
        "reason.face_mismatch": "ansiktet stemte ikke overens",
        "reason.face_not_found": "det ble ikke funnet noe ansikt",
        "reason.image_edited": "et bilde var redigert",
        "reason.network_error": "det oppsto et nettverksproblem",
        "reason.personal_data_mismatch": "personopplysningene stemte ikke overens",
        "reason.poor_light": "lyset var for dårlig",
        "reason.software_blocked": "programvare på enheten blokkerte appen",
        "refusal.wrong_account": "den gjelder en annen konto",
        "refusal.unknown_hold": "kontoen har ingen slik sperre",
        "refusal.hold_not_open": "sperren var ikke åpen på det tidspunktet",
        "refusal.no_clearance": "verken verifisering eller klage opphever denne sperren",
        "refusal.not_authorized": "dette har de ikke myndighet til å avgjøre",
        "refusal.wrong_state": "hendelsen passer ikke med sperrens status",
        "refusal.method_not_accepted": "metoden godtas ikke for denne kontoen nå",
        "refusal.attempts_exhausted": "verifisering er stengt for denne sperren",
        "refusal.appeal_not_offered": "det er ikke adgang til å klage",
        "refusal.documents_missing": "et påkrevd dokument mangler",
        "refusal.same_reviewer": "den som avgjorde vurderingen, kan ikke avgjøre klagen",
        "refusal.stale": "den gjelder noe eldre enn det som er kjent nå",
        "refusal.unknown_event": "hendelsen som skal trekkes tilbake, er ikke kjent",
        "tip.check_network": "sjekk nettverksforbindelsen",
        "tip.good_light": "sørg for godt lys",
        "tip.no_edited_pictures": "bruk bilder uten redigering og uten vannmerker",
        "tip.no_hat_or_glasses": "ta av hodeplagg og briller",
        "tip.security_software": "pass på at sikkerhetsprogrammer ikke blokkerer appen",
        "tip.synchronise_clocks": "synkroniser klokken på telefonen og datamaskinen",
        # Instants, durations and lists
        "date": "{day}. {month} {year}",
        "instant": "{date} kl. {time} {offset}",
        "instant.ahead": "{date} kl. {time} {offset} (om {duration})",
        "month.1": "januar",
        "month.2": "februar",
        "month.3": "mars",
        "month.4": "april",
        "month.5": "mai",
        "month.6": "juni",
        "month.7": "juli",
        "month.8": "august",
        "month.9": "september",
        "month.10": "oktober",
        "month.11": "november",
        "month.12": "desember",
        "unit.day": {"one": "{count} dag", "other": "{count} dager"},
        "unit.hour": {"one": "{count} time", "other": "{count} timer"},
        "unit.minute": {"one": "{count} minutt", "other": "{count} minutter"},
        "duration.pair": "{larger} og {smaller}",
        "list.comma": "{head}, {last}",
        "list.clauses": "{head}, og {last}",
        "list.and": "{head} og {last}",
        "list.or": "{head} eller {last}",
    }
)
