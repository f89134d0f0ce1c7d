"""The texts in English. British spelling; instants without an am or pm, so that nobody has to guess."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TEXTS: Final[Mapping[str, str | Mapping[str, str]]] = MappingProxyType(
    {
        # The answer
        "allowed": "You can withdraw now.",
        "allowed_operation": "Available now: {operation}.",
        "denied.until": (
            "This withdrawal is paused for a while. If nothing else happens, it becomes possible by itself on "
            "{resumes_at}."
        ),
        "denied.until_operation": (
            "Paused for a while: {operation}. If nothing else happens, this ends by itself on {resumes_at}."
        ),
        "denied.open": "This withdrawal is paused and does not become possible by itself. Here is what comes next.",
        "denied.open_operation": "Paused: {operation}. This does not end by itself. Here is what comes next.",
        "denied.until_destination": (
            "Withdrawals to this destination are paused for a while. If nothing else happens, they resume by "
            "themselves on {resumes_at}."
        ),
        "denied.until_destination_operation": (
            "Paused for a while to this destination: {operation}. If nothing else happens, this ends by itself "
            "on {resumes_at}."
        ),
        "denied.open_destination": (
            "Withdrawals to this destination are paused and do not resume by themselves. Here is what comes next."
        ),
        "denied.open_destination_operation": (
            "Paused to this destination: {operation}. This does not end by itself. Here is what comes next."
        ),
        "denied.destinations_only": "Only the destinations that are named here are affected.",
        "denied.several": {
            "one": "There is {count} reason for this, and it has to end first.",
            "other": "There are {count} separate reasons for this, and all of them have to end first.",
        },
        # Why
        "why.abnormal_activity": "Reason: unusual activity, or something else on your account that we have to check.",
        "why.address_added": "Reason: an address or a payee was added.",
        "why.exchange_made": "Reason: something was exchanged on your account.",
        "why.legal_order": "Reason: an order by a court or another authority.",
        "why.money_received": "Reason: a deposit arrived in your account.",
        "why.new_account": "Reason: your account is new.",
        "why.new_device": "Reason: a new device on your account.",
        "why.own_request": "Reason: this was requested by you or for your account.",
        "why.purchase_made": "Reason: a purchase was made on your account.",
        "why.security_change": "Reason: a change to the security of your account.",
        "why.unspecified": "Reason: a hold on your account.",
        "hold.began_on": "This reason began on {began_on}.",
        "hold.this_destination": "This reason is about this destination only.",
        "hold.destination": "This reason is about one destination only ({destination_id}).",
        "hold.failed": "Your previous verification or appeal was not accepted.",
        "hold.failed_because": "Your previous verification or appeal was not accepted: {reasons}.",
        # What to do
        "step.wait": (
            "Wait until {until}. This reason then ends by itself, and you do not need to do anything about it."
        ),
        "step.wait_too": "There is a waiting time until {until}.",
        "step.sooner": "This reason may end sooner if you do what follows.",
        "step.verify": "Select “Verify now” and confirm who you are: {methods}. We then review the result.",
        "step.verify_otherwise": (
            "Select “Verify now” and complete the verification in one of these ways: {methods}. We then review the "
            "result."
        ),
        "step.complete_verification": "Complete the verification that you have started: {method}.",
        "step.complete_verification_by": "Complete the verification that you have started before {due}: {method}.",
        "step.hand_in": "More is needed to complete your verification ({method}). Please send: {documents}.",
        "step.hand_in_by": (
            "More is needed to complete your verification ({method}). Please send before {due}: {documents}."
        ),
        "step.more_because": "Why more is needed: {reasons}.",
        "step.await_review": "Your verification is being reviewed. You do not need to do anything about it now.",
        "step.await_review_by": (
            "Your verification is being reviewed. We expect to decide by {expected_by}; that date alone does "
            "not end the pause."
        ),
        "step.await_review_overdue": (
            "Your verification is still being reviewed. The decision was expected by {expected_by} and is late. You "
            "do not need to do anything about it now."
        ),
        "step.appeal": "Select “Withdrawal appeal” and send your appeal with: {documents}.",
        "step.appeal_bare": "Select “Withdrawal appeal” and send your appeal. No documents are needed.",
        "step.appeal_more": "More is needed for your appeal. Select “Withdrawal appeal” and send: {documents}.",
        "step.appeal_more_bare": "More is needed for your appeal. Select “Withdrawal appeal” and send your answer.",
        "step.await_appeal": "Your appeal is being decided. You do not need to do anything about it now.",
        "step.await_appeal_by": (
            "Your appeal is being decided. We expect to decide by {expected_by}; that date alone does not "
            "end the pause."
        ),
        "step.await_appeal_overdue": (
            "Your appeal is still being decided. The decision was expected by {expected_by} and is late. You do not "
            "need to do anything about it now."
        ),
        "step.contact_support": (
            "Contact our customer support, and only through our official channels. Authorised to end this: "
            "{authorities}."
        ),
        "step.ask_others": "Our customer support cannot end this. Authorised to end this: {authorities}.",
        "step.nothing_now": "There is nothing that you can do about it here now.",
        "step.tip": "Tip: {tip}.",
        "choice.identity": "Choose whether you verify as a person or as a business.",
        "choice.personal": "As a person",
        "choice.business": "As a business",
        "choice.face": "You can do this on the web or in the mobile app.",
        "choice.web": "On the web",
        "choice.mobile": "In the mobile app",
        "choice.qr_code": "To use the mobile app, scan the QR code with your phone.",
        # The page
        "notice.abnormal_activity": (
            "We have noticed unusual activity, or something else that we have to check, and have restricted "
            "withdrawals to protect your account."
        ),
        "notice.abnormal_activity_some": (
            "We have noticed unusual activity, or something else that we have to check. To protect your account, "
            "some actions are paused."
        ),
        "notice.timed": (
            "Some actions on your account are paused. If nothing else happens, this ends by itself on {resumes_at}."
        ),
        "notice.link": "See why and what to do",
        "verify.prompt": (
            "To protect your account, please confirm that it is really you. We then review your verification."
        ),
        "verify.button": "Verify now",
        "appeal.button": "Withdrawal appeal",
        # Refusals
        "refused.look_again": "This is not possible at the moment. Please reload the page to see what you can do now.",
        "refused.choose_another_method": (
            "This way of verifying is not accepted for your account at the moment. Please choose another one."
        ),
        "refused.verification_closed": (
            "Verification is no longer available here. Please reload the page to see what you can do now."
        ),
        "refused.appeal_not_offered": (
            "An appeal is not available at the moment. Please reload the page to see what you can do now."
        ),
        "refused.documents_missing": "Documents are missing: {documents}.",
        "refused.not_permitted": "Only our staff can decide this. If you need help, contact our customer support.",
        # Titles of problem documents
        "problem.wait": "Paused for a while",
        "problem.verify": "You can verify now",
        "problem.complete_verification": "Your verification is not complete yet",
        "problem.await_review": "Your verification is being reviewed",
        "problem.appeal": "You can appeal, or add to your appeal",
        "problem.await_appeal": "Your appeal is being decided",
        "problem.contact_support": "Please contact customer support",
        "problem.ask_others": "Our customer support cannot end this",
        "problem.look_again": "Not possible at the moment",
        "problem.choose_another_method": "Please choose another way of verifying",
        "problem.add_documents": "Documents are missing",
        # For staff
        "staff.decision": "Account: {account} · operation: {operation} · destination: {destination} · phase: {phase}",
        "staff.request_destination": "Destination asked about: {destination_id}",
        "staff.hold": (
            "Hold: {hold} · rule: {rule} · trigger: {trigger} · policy: {policy} {version} · state: {state} "
            "· since: {since}"
        ),
        "staff.public_reason": "Reason told to the account holder: {public_reason}",
        "staff.keep_to_yourself": "Do not tell the account holder what triggered this, or when.",
        "staff.hold_destination": "About this destination only: {destination_id}",
        "staff.hold_timer": "Timer until: {until}",
        "staff.open_for": "Open for: {duration}",
        "staff.reasons": "Reasons for the latest failure: {reasons}",
        "staff.more_because": "Reasons for asking for more: {reasons}",
        "staff.refused": "Event {event} was refused: {refusal}.",
        "staff.authorities": "Release ordered in the name of: {authority} · may release: {authorities}",
        "staff.outdated": "The event comes too late: acknowledge it.",
        "staff.early": "The event may only have come too early: deliver it again, and then show it to a person.",
        # Phases
        "phase.active": "Active",
        "phase.suspended": "Suspended",
        "phase.verification": "Verification in progress",
        "phase.review": "Under review",
        "phase.appeal": "Appeal in progress",
        "phase.restored": "Restored",
        # Names
        "authority.compliance": "compliance",
        "authority.master_key": "the master key",
        "authority.security": "the security team",
        "authority.support": "customer support",
        "authority.unlock_request": "a request to unlock",
        "destination.new": "new",
        "destination.known": "known",
        "document.id_photo": "a photo of your identity document",
        "document.supporting_documents": "supporting documents",
        "method.bank_deposit": "a deposit from your bank account",
        "method.face_mobile": "face verification in the mobile app",
        "method.face_web": "face verification on the web",
        "method.id_photo_with_note": "a photo of your identity document with a dated and signed note",
        "method.identity_business": "identity verification as a business",
        "method.identity_personal": "identity verification as a person",
        "method.registered_email": "an e-mail from your registered address",
        "method.second_approver": "approval by a second administrator",
        "method.video_call": "a video call",
        "operation.address_addition": "adding withdrawal addresses",
        "operation.api_access": "access by programs (API)",
        "operation.api_key_management": "managing API keys",
        "operation.deposit": "deposits",
        "operation.fiat_withdrawal": "withdrawals of money to a bank",
        "operation.gift": "gifts, codes and red packets",
        "operation.login": "logging in",
        "operation.p2p_sale": "P2P sales",
        "operation.payment": "payments",
        "operation.settings_change": "changes of the settings",
        "operation.trade": "trading",
        "operation.transfer": "transfers within the platform",
        "operation.vault_withdrawal": "withdrawals from a vault",
        "operation.withdrawal": "withdrawals",
        "reason.abandoned": "the verification was not completed",
        "reason.clock_skew": "the clock of a device was wrong",
        "reason.document_expired": "the document had expired",
        "reason.document_tampered": "the document seemed to have been altered",
        "reason.document_type_not_supported": "this type of document was not accepted",
        "reason.document_unreadable": "the document could not be read",
        "reason.face_covered": "the face was covered",
        "reason.face_mismatch": "the face did not match",
        "reason.face_not_found": "no face could be found",
        "reason.image_edited": "a picture had been edited",
        "reason.network_error": "there was a network problem",
        "reason.personal_data_mismatch": "the personal details did not match",
        "reason.poor_light": "the light was too poor",
        "reason.software_blocked": "software on the device blocked the app",
        "refusal.wrong_account": "it is about another account",
        "refusal.unknown_hold": "the account has no such hold",
        "refusal.hold_not_open": "the hold was not open at that instant",
        "refusal.no_clearance": "no verification and no appeal lifts this hold",
        "refusal.not_authorized": "this is not theirs to decide",
        "refusal.wrong_state": "it does not fit the state of the hold",
        "refusal.method_not_accepted": "the method is not accepted for this account now",
        "refusal.attempts_exhausted": "verification is closed for this hold",
        "refusal.appeal_not_offered": "no appeal is offered",
        "refusal.documents_missing": "a required document is missing",
        "refusal.same_reviewer": "whoever decided the review may not decide the appeal",
        "refusal.stale": "it is about something older than what is known now",
        "refusal.unknown_event": "nothing on record knows the event that was to be retracted",
        "tip.check_network": "check your network connection",
        "tip.good_light": "make sure that the light is good",
        "tip.no_edited_pictures": "use pictures without editing and without watermarks",
        "tip.no_hat_or_glasses": "take off hat and glasses",
        "tip.security_software": "make sure that security software does not block the app",
        "tip.synchronise_clocks": "synchronise the clocks of your phone and your computer",
        # Instants, durations and lists
        "date": "{day} {month} {year}",
        "instant": "{date}, {time} {offset}",
        "instant.ahead": "{date}, {time} {offset} (in {duration})",
        "month.1": "January",
        "month.2": "February",
        "month.3": "March",
        "month.4": "April",
        "month.5": "May",
        "month.6": "June",
        "month.7": "July",
        "month.8": "August",
        "month.9": "September",
        "month.10": "October",
        "month.11": "November",
        "month.12": "December",
        "unit.day": {"one": "{count} day", "other": "{count} days"},
        "unit.hour": {"one": "{count} hour", "other": "{count} hours"},
        "unit.minute": {"one": "{count} minute", "other": "{count} minutes"},
        "duration.pair": "{larger} {smaller}",
        "list.comma": "{head}, {last}",
        "list.clauses": "{head}, and {last}",
        "list.and": "{head} and {last}",
        "list.or": "{head} or {last}",
    }
)
