"""The texts in Korean. In the formal polite form. No particle follows a value whose last sound would choose it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TEXTS: Final[Mapping[str, str | Mapping[str, str]]] = MappingProxyType(
    {
        # The answer
        "allowed": "지금 출금하실 수 있습니다.",
        "allowed_operation": "현재 이용 가능: {operation}.",
        "denied.until": (
            "이 출금이 일시 중지되었습니다. 새로운 사유가 발생하지 않으면 {resumes_at}에 자동으로 재개됩니다."
        ),
        "denied.until_operation": (
            "일시 중지됨: {operation}. 새로운 사유가 발생하지 않으면 {resumes_at}에 자동으로 해제됩니다."
        ),
        "denied.open": "이 출금이 중지되었으며 자동으로 재개되지 않습니다. 다음 절차를 확인해 주십시오.",
        "denied.open_operation": "중지됨: {operation}. 자동으로 해제되지 않습니다. 다음 절차를 확인해 주십시오.",
        "denied.until_destination": (
            "이 수취처로의 출금이 일시 중지되었습니다. 새로운 사유가 발생하지 않으면 {resumes_at}에 자동으로 "
            "재개됩니다."
        ),
        "denied.until_destination_operation": (
            "이 수취처에 대해 일시 중지됨: {operation}. 새로운 사유가 발생하지 않으면 {resumes_at}에 자동으로 "
            "해제됩니다."
        ),
        "denied.open_destination": (
            "이 수취처로의 출금이 중지되었으며 자동으로 재개되지 않습니다. 다음 절차를 확인해 주십시오."
        ),
        "denied.open_destination_operation": (
            "이 수취처에 대해 중지됨: {operation}. 자동으로 해제되지 않습니다. 다음 절차를 확인해 주십시오."
        ),
        "denied.destinations_only": "여기에 표시된 수취처에만 해당합니다.",
        "denied.several": {"other": "사유가 {count}건 있으며, 모두 해소되어야 재개됩니다."},
        # Why
        "why.abnormal_activity": "사유: 고객님 계정에 비정상적인 활동 또는 확인이 필요한 다른 사항이 있습니다.",
        "why.address_added": "사유: 주소 또는 수취인이 추가되었습니다.",
        "why.exchange_made": "사유: 고객님 계정에서 교환이 이루어졌습니다.",
        "why.legal_order": "사유: 법원 또는 다른 기관의 명령입니다.",
        "why.money_received": "사유: 고객님 계정에 입금이 있었습니다.",
        "why.new_account": "사유: 고객님의 계정은 새 계정입니다.",
        "why.new_device": "사유: 고객님 계정에 새 기기가 있습니다.",
        "why.own_request": "사유: 고객님이 요청하셨거나 고객님 계정을 위해 요청된 것입니다.",
        "why.purchase_made": "사유: 고객님 계정에서 구매가 이루어졌습니다.",
        "why.security_change": "사유: 고객님 계정의 보안에 변경이 있었습니다.",
        "why.unspecified": "사유: 고객님 계정에 제한이 적용되어 있습니다.",
        "hold.began_on": "이 사유는 {began_on}부터 적용됩니다.",
        "hold.this_destination": "이 사유는 이 수취처에만 해당합니다.",
        "hold.destination": "이 사유는 한 수취처에만 해당합니다({destination_id}).",
        "hold.failed": "이전 인증 또는 이의 신청이 승인되지 않았습니다.",
        "hold.failed_because": "이전 인증 또는 이의 신청이 승인되지 않았습니다: {reasons}.",
        # What to do
        "step.wait": (
            "{until}까지 기다려 주십시오. 이후 이 사유는 자동으로 해소되며, 이 사유와 관련해 하실 일은 없습니다."
        ),
        "step.wait_too": "{until}까지 대기 기간이 적용됩니다.",
        "step.sooner": "다음 절차를 진행하시면 이 사유가 더 일찍 해소될 수 있습니다.",
        "step.verify": (
            "‘지금 인증하기’를 선택하여 본인임을 확인해 주십시오: {methods}. 이후 당사에서 결과를 심사합니다."
        ),
        "step.verify_otherwise": (
            "‘지금 인증하기’를 선택하고 다음 방법 중 하나로 인증을 진행해 주십시오: {methods}. 이후 당사에서 결과를 "
            "심사합니다."
        ),
        "step.complete_verification": "시작하신 인증을 완료해 주십시오: {method}.",
        "step.complete_verification_by": "시작하신 인증을 {due} 전에 완료해 주십시오: {method}.",
        "step.hand_in": "인증({method})을 완료하려면 추가 제출이 필요합니다. 다음을 보내 주십시오: {documents}.",
        "step.hand_in_by": (
            "인증({method})을 완료하려면 추가 제출이 필요합니다. {due} 전에 다음을 보내 주십시오: {documents}."
        ),
        "step.more_because": "추가로 필요한 이유: {reasons}.",
        "step.await_review": "인증을 심사하고 있습니다. 이와 관련해 지금 하실 일은 없습니다.",
        "step.await_review_by": (
            "인증을 심사하고 있습니다. {expected_by}까지 결과가 나올 예정입니다. 이 시각이 지난다고 해서 "
            "중지가 해제되지는 않습니다."
        ),
        "step.await_review_overdue": (
            "인증을 계속 심사하고 있습니다. {expected_by}까지 결과가 나올 예정이었으나 지연되고 있습니다. 이와 "
            "관련해 지금 하실 일은 없습니다."
        ),
        "step.appeal": "‘출금 중지 이의 신청’을 선택하고 다음 서류와 함께 제출해 주십시오: {documents}.",
        "step.appeal_bare": "‘출금 중지 이의 신청’을 선택하고 제출해 주십시오. 서류는 필요하지 않습니다.",
        "step.appeal_more": (
            "이의 신청에 추가 제출이 필요합니다. ‘출금 중지 이의 신청’을 선택하고 다음을 보내 주십시오: {documents}."
        ),
        "step.appeal_more_bare": (
            "이의 신청에 추가 제출이 필요합니다. ‘출금 중지 이의 신청’을 선택하고 답변을 보내 주십시오."
        ),
        "step.await_appeal": "이의 신청을 검토하고 있습니다. 이와 관련해 지금 하실 일은 없습니다.",
        "step.await_appeal_by": (
            "이의 신청을 검토하고 있습니다. {expected_by}까지 결과가 나올 예정입니다. 이 시각이 지난다고 "
            "해서 중지가 해제되지는 않습니다."
        ),
        "step.await_appeal_overdue": (
            "이의 신청을 계속 검토하고 있습니다. {expected_by}까지 결과가 나올 예정이었으나 지연되고 있습니다. 이와 "
            "관련해 지금 하실 일은 없습니다."
        ),
        "step.contact_support": (
            "고객센터로 문의해 주십시오. 반드시 당사의 공식 채널만 이용해 주십시오. 해제 권한: {authorities}."
        ),
        "step.ask_others": "당사 고객센터에서는 이를 해제할 수 없습니다. 해제 권한: {authorities}.",
        "step.nothing_now": "이와 관련하여 지금 여기에서 하실 수 있는 일이 없습니다.",
        "step.tip": "도움말: {tip}.",
        "choice.identity": "개인으로 인증할지 기업으로 인증할지 선택해 주십시오.",
        "choice.personal": "개인",
        "choice.business": "기업",
        "choice.face": "웹 또는 모바일 앱에서 하실 수 있습니다.",
        "choice.web": "웹에서",
        "choice.mobile": "모바일 앱에서",
        "choice.qr_code": "모바일 앱을 이용하시려면 휴대전화로 QR 코드를 스캔해 주십시오.",
        # The page
        "notice.abnormal_activity": (
            "비정상적인 활동 또는 확인이 필요한 다른 사항이 발견되어 계정 보호를 위해 출금을 제한했습니다."
        ),
        "notice.abnormal_activity_some": (
            "비정상적인 활동 또는 확인이 필요한 다른 사항이 발견되어 계정 보호를 위해 일부 작업을 중지했습니다."
        ),
        "notice.timed": (
            "고객님 계정의 일부 작업이 중지되었습니다. 새로운 사유가 발생하지 않으면 {resumes_at}에 자동으로 "
            "해제됩니다."
        ),
        "notice.link": "사유와 해결 방법 보기",
        "verify.prompt": "계정 보호를 위해 본인임을 확인해 주십시오. 이후 당사에서 인증을 심사합니다.",
        "verify.button": "지금 인증하기",
        "appeal.button": "출금 중지 이의 신청",
        # Refusals
        "refused.look_again": "지금은 이 작업을 할 수 없습니다. 페이지를 새로 고쳐 현재 가능한 절차를 확인해 주십시오.",
        "refused.choose_another_method": (
            "이 인증 방법은 현재 고객님의 계정에서 사용할 수 없습니다. 다른 방법을 선택해 주십시오."
        ),
        "refused.verification_closed": (
            "여기서는 더 이상 인증을 진행할 수 없습니다. 페이지를 새로 고쳐 현재 가능한 절차를 확인해 주십시오."
        ),
        "refused.appeal_not_offered": (
            "지금은 이의 신청을 할 수 없습니다. 페이지를 새로 고쳐 현재 가능한 절차를 확인해 주십시오."
        ),
        "refused.documents_missing": "서류가 누락되었습니다: {documents}.",
        "refused.not_permitted": (
            "이 사항은 당사 직원만 결정할 수 있습니다. 도움이 필요하시면 고객센터로 문의해 주십시오."
        ),
        # Titles of problem documents
        "problem.wait": "일시 중지됨",
        "problem.verify": "지금 인증하실 수 있습니다",
        "problem.complete_verification": "인증이 아직 완료되지 않았습니다",
        "problem.await_review": "인증을 심사하고 있습니다",
        "problem.appeal": "이의 신청을 하거나 보완하실 수 있습니다",
        "problem.await_appeal": "이의 신청을 검토하고 있습니다",
        "problem.contact_support": "고객센터로 문의해 주십시오",
        "problem.ask_others": "고객센터에서는 해제할 수 없습니다",
        "problem.look_again": "지금은 이 작업을 할 수 없습니다",
        "problem.choose_another_method": "다른 인증 방법을 선택해 주십시오",
        "problem.add_documents": "서류가 누락되었습니다",
        # For staff
        "staff.decision": "계정: {account} · 작업: {operation} · 수취처: {destination} · 단계: {phase}",
        "staff.request_destination": "조회한 수취처: {destination_id}",
        "staff.hold": (
            "보류: {hold} · 규칙: {rule} · 트리거: {trigger} · 정책: {policy} {version} · 상태: {state} · 시작: {since}"
        ),
        "staff.public_reason": "고객님께 안내한 사유: {public_reason}",
        "staff.keep_to_yourself": "무엇이 언제 이를 일으켰는지 고객님께 알리지 마십시오.",
        "staff.hold_destination": "이 수취처에만 해당: {destination_id}",
        "staff.hold_timer": "타이머 만료: {until}",
        "staff.open_for": "경과 시간: {duration}",
        "staff.reasons": "최근 미승인 사유: {reasons}",
        "staff.more_because": "추가 요청 사유: {reasons}",
        "staff.refused": "이벤트 {event} 거부됨: {refusal}.",
        "staff.authorities": "해제 지시: {authority} · 해제 권한: {authorities}",
        "staff.outdated": "이 이벤트는 너무 늦게 도착했습니다. 수신 확인만 하면 됩니다.",
        "staff.early": "이벤트가 너무 일찍 도착했을 수 있습니다. 다시 전달하고, 그 후에는 담당자에게 보여 주십시오.",
        # Phases
        "phase.active": "정상",
        "phase.suspended": "중지됨",
        "phase.verification": "인증 진행 중",
        "phase.review": "심사 중",
        "phase.appeal": "이의 신청 진행 중",
        "phase.restored": "재개됨",
        # Names
        "authority.compliance": "준법감시 부서",
        "authority.master_key": "마스터 키",
        "authority.security": "보안 부서",
        "authority.support": "고객센터",
        "authority.unlock_request": "잠금 해제 요청",
        "destination.new": "신규",
        "destination.known": "기존",
        "document.id_photo": "신분증 사진",
        "document.supporting_documents": "증빙 서류",
        "method.bank_deposit": "고객님 은행 계좌에서의 입금",
        "method.face_mobile": "모바일 앱 얼굴 인증",
        "method.face_web": "웹 얼굴 인증",
        "method.id_photo_with_note": "날짜와 서명이 있는 메모를 함께 찍은 신분증 사진",
        "method.identity_business": "기업 신원 인증",
        "method.identity_personal": "개인 신원 인증",
        "method.registered_email": "등록된 이메일 주소에서 보낸 메일",
        "method.second_approver": "다른 관리자의 승인",
        "method.video_call": "영상 통화",
        "operation.address_addition": "출금 주소 추가",
        "operation.api_access": "API 접근",
        "operation.api_key_management": "API 키 관리",
        "operation.deposit": "입금",
        "operation.fiat_withdrawal": "은행 계좌로의 출금",
        "operation.gift": "선물, 코드, 홍바오",
        "operation.login": "로그인",
        "operation.p2p_sale": "P2P 판매",
        "operation.payment": "결제",
        "operation.settings_change": "설정 변경",
        "operation.trade": "거래",
        "operation.transfer": "플랫폼 내 이체",
        "operation.vault_withdrawal": "금고에서의 출금",
        "operation.withdrawal": "출금",
        "reason.abandoned": "인증이 완료되지 않음",
        "reason.clock_skew": "기기의 시간이 맞지 않음",
        "reason.document_expired": "서류의 유효 기간이 지남",
        "reason.document_tampered": "서류가 변경된 것으로 보임",
        "reason.document_type_not_supported": "허용되지 않는 서류 종류",
        "reason.document_unreadable": "서류를 읽을 수 없음",
        "reason.face_covered": "얼굴이 가려짐",
        "reason.face_mismatch": "얼굴이 일치하지 않음",
        "reason.face_not_found": "얼굴을 찾을 수 없음",
        "reason.image_edited": "편집된 사진",
        "reason.network_error": "네트워크 문제 발생",
        "reason.personal_data_mismatch": "개인 정보가 일치하지 않음",
        "reason.poor_light": "조명이 부족함",
        "reason.software_blocked": "기기의 소프트웨어가 앱을 차단함",
        "refusal.wrong_account": "다른 계정에 관한 이벤트임",
        "refusal.unknown_hold": "계정에 해당 보류가 없음",
        "refusal.hold_not_open": "그 시점에 보류가 유효하지 않았음",
        "refusal.no_clearance": "이 보류는 인증이나 이의 신청으로 해제되지 않음",
        "refusal.not_authorized": "결정 권한이 없음",
        "refusal.wrong_state": "보류의 현재 상태에 맞지 않음",
        "refusal.method_not_accepted": "현재 이 계정에서 허용되지 않는 방법임",
        "refusal.attempts_exhausted": "이 보류에 대한 인증이 종료됨",
        "refusal.appeal_not_offered": "이의 신청이 제공되지 않음",
        "refusal.documents_missing": "필수 서류가 누락됨",
        "refusal.same_reviewer": "심사를 결정한 사람은 이의 신청을 결정할 수 없음",
        "refusal.stale": "현재 알려진 것보다 오래된 내용임",
        "refusal.unknown_event": "철회하려는 이벤트가 기록에 없음",
        "tip.check_network": "네트워크 연결을 확인해 주십시오",
        "tip.good_light": "밝은 곳에서 진행해 주십시오",
        "tip.no_edited_pictures": "편집하지 않고 워터마크가 없는 사진을 사용해 주십시오",
        "tip.no_hat_or_glasses": "모자와 안경을 벗어 주십시오",
        "tip.security_software": "보안 소프트웨어가 앱을 차단하지 않는지 확인해 주십시오",
        "tip.synchronise_clocks": "휴대전화와 컴퓨터의 시간을 맞춰 주십시오",
        # Instants, durations and lists
        "date": "{year}년 {month} {day}일",
        "instant": "{date} {time}({offset})",
        "instant.ahead": "{date} {time}({offset}, {duration} 후)",
        "month.1": "1월",
        "month.2": "2월",
        "month.3": "3월",
        "month.4": "4월",
        "month.5": "5월",
        "month.6": "6월",
        "month.7": "7월",
        "month.8": "8월",
        "month.9": "9월",
        "month.10": "10월",
        "month.11": "11월",
        "month.12": "12월",
        "unit.day": {"other": "{count}일"},
        "unit.hour": {"other": "{count}시간"},
        "unit.minute": {"other": "{count}분"},
        "duration.pair": "{larger} {smaller}",
        "list.comma": "{head}, {last}",
        "list.clauses": "{head}, {last}",
        "list.and": "{head} 및 {last}",
        "list.or": "{head} 또는 {last}",
    }
)
