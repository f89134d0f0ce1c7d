"""The texts in Japanese. In the polite form of です and ます. There are no plural forms."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TEXTS: Final[Mapping[str, str | Mapping[str, str]]] = MappingProxyType(
    {
        # The answer
        "allowed": "現在、出金をご利用いただけます。",
        "allowed_operation": "現在ご利用いただけます：{operation}。",
        "denied.until": (
            "この出金は一時的に停止されています。このあと新たな事由がなければ、{resumes_at}に自動的に可能になります。"
        ),
        "denied.until_operation": (
            "一時的に停止中：{operation}。このあと新たな事由がなければ、{resumes_at}に自動的に解除されます。"
        ),
        "denied.open": "この出金は停止されており、自動的には可能になりません。今後の流れは次のとおりです。",
        "denied.open_operation": "停止中：{operation}。自動的には解除されません。今後の流れは次のとおりです。",
        "denied.until_destination": (
            "この送金先への出金は一時的に停止されています。このあと新たな事由がなければ、"
            "{resumes_at}に自動的に再開されます。"
        ),
        "denied.until_destination_operation": (
            "この送金先について一時的に停止中：{operation}。このあと新たな事由がなければ、"
            "{resumes_at}に自動的に解除されます。"
        ),
        "denied.open_destination": (
            "この送金先への出金は停止されており、自動的には再開されません。今後の流れは次のとおりです。"
        ),
        "denied.open_destination_operation": (
            "この送金先について停止中：{operation}。自動的には解除されません。今後の流れは次のとおりです。"
        ),
        "denied.destinations_only": "対象となるのは、ここに記載された送金先のみです。",
        "denied.several": {"other": "理由は{count}件あり、再開にはそのすべてが解消される必要があります。"},
        # Why
        "why.abnormal_activity": (
            "理由：お客様のアカウントに、通常と異なる動き、または当社で確認が必要な事項があります。"
        ),
        "why.address_added": "理由：アドレスまたは受取人が追加されました。",
        "why.exchange_made": "理由：お客様のアカウントで交換が行われました。",
        "why.legal_order": "理由：裁判所またはその他の当局の命令によるものです。",
        "why.money_received": "理由：お客様のアカウントに入金がありました。",
        "why.new_account": "理由：お客様のアカウントは新しいアカウントです。",
        "why.new_device": "理由：お客様のアカウントに新しい端末があります。",
        "why.own_request": "理由：お客様ご自身から、またはお客様のアカウントのために申請されたものです。",
        "why.purchase_made": "理由：お客様のアカウントで購入が行われました。",
        "why.security_change": "理由：お客様のアカウントのセキュリティに変更がありました。",
        "why.unspecified": "理由：お客様のアカウントに制限がかかっています。",
        "hold.began_on": "この理由は{began_on}からのものです。",
        "hold.this_destination": "この理由はこの送金先のみに関するものです。",
        "hold.destination": "この理由は1件の送金先のみに関するものです（{destination_id}）。",
        "hold.failed": "前回の認証または異議申立ては承認されませんでした。",
        "hold.failed_because": "前回の認証または異議申立ては承認されませんでした：{reasons}。",
        # What to do
        "step.wait": (
            "{until}までお待ちください。その後、この理由は自動的に解消されます。この理由についてのお手続きは不要です。"
        ),
        "step.wait_too": "{until}まで待機期間があります。",
        "step.sooner": "次のお手続きを行うと、この理由はより早く解消されることがあります。",
        "step.verify": "「今すぐ認証」を選択し、本人確認を行ってください：{methods}。その後、当社で結果を審査します。",
        "step.verify_otherwise": (
            "「今すぐ認証」を選択し、次のいずれかの方法で認証を行ってください：{methods}。その後、"
            "当社で結果を審査します。"
        ),
        "step.complete_verification": "開始済みの認証を完了してください：{method}。",
        "step.complete_verification_by": "開始済みの認証を{due}より前に完了してください：{method}。",
        "step.hand_in": "認証（{method}）を完了するには追加の提出が必要です。次をお送りください：{documents}。",
        "step.hand_in_by": (
            "認証（{method}）を完了するには追加の提出が必要です。{due}より前に次をお送りください：{documents}。"
        ),
        "step.more_because": "追加が必要な理由：{reasons}。",
        "step.await_review": "認証の審査中です。この件について現在お客様のお手続きは必要ありません。",
        "step.await_review_by": (
            "認証の審査中です。{expected_by}までに結果をお知らせする見込みです。"
            "この日時を過ぎるだけでは停止は解除されません。"
        ),
        "step.await_review_overdue": (
            "認証は引き続き審査中です。{expected_by}までに結果が出る見込みでしたが、遅れております。"
            "この件について現在お客様のお手続きは必要ありません。"
        ),
        "step.appeal": "「出金停止への異議申立て」を選択し、次の書類を添えて提出してください：{documents}。",
        "step.appeal_bare": "「出金停止への異議申立て」を選択し、提出してください。書類は必要ありません。",
        "step.appeal_more": (
            "異議申立てに追加の提出が必要です。「出金停止への異議申立て」を選択し、次をお送りください：{documents}。"
        ),
        "step.appeal_more_bare": (
            "異議申立てに追加の提出が必要です。「出金停止への異議申立て」を選択し、ご回答ください。"
        ),
        "step.await_appeal": "異議申立てを検討しています。この件について現在お客様のお手続きは必要ありません。",
        "step.await_appeal_by": (
            "異議申立てを検討しています。{expected_by}までに結果をお知らせする見込みです。"
            "この日時を過ぎるだけでは停止は解除されません。"
        ),
        "step.await_appeal_overdue": (
            "異議申立ては引き続き検討中です。{expected_by}までに結果が出る見込みでしたが、遅れております。"
            "この件について現在お客様のお手続きは必要ありません。"
        ),
        "step.contact_support": (
            "カスタマーサポートにお問い合わせください。必ず当社の公式窓口をご利用ください。"
            "これを解除できるのは次のとおりです：{authorities}。"
        ),
        "step.ask_others": (
            "当社のカスタマーサポートではこれを解除できません。これを解除できるのは次のとおりです：{authorities}。"
        ),
        "step.nothing_now": "この件について、現在こちらでお客様にできるお手続きはありません。",
        "step.tip": "ヒント：{tip}。",
        "choice.identity": "個人として認証するか、法人として認証するかを選択してください。",
        "choice.personal": "個人として",
        "choice.business": "法人として",
        "choice.face": "ウェブまたはモバイルアプリで行えます。",
        "choice.web": "ウェブで",
        "choice.mobile": "モバイルアプリで",
        "choice.qr_code": "モバイルアプリをご利用の場合は、スマートフォンでQRコードを読み取ってください。",
        # The page
        "notice.abnormal_activity": (
            "通常と異なる動き、または当社で確認が必要な事項があったため、アカウント保護のために出金を制限しました。"
        ),
        "notice.abnormal_activity_some": (
            "通常と異なる動き、または当社で確認が必要な事項があったため、"
            "アカウント保護のために一部の操作を停止しました。"
        ),
        "notice.timed": (
            "お客様のアカウントの一部の操作が停止されています。このあと新たな事由がなければ、{resumes_at}"
            "に自動的に解除されます。"
        ),
        "notice.link": "理由とお手続きを見る",
        "verify.prompt": "アカウント保護のため、ご本人であることの確認をお願いいたします。その後、当社で審査します。",
        "verify.button": "今すぐ認証",
        "appeal.button": "出金停止への異議申立て",
        # Refusals
        "refused.look_again": "現在この操作はできません。ページを再読み込みして、現在可能なお手続きをご確認ください。",
        "refused.choose_another_method": (
            "この認証方法は、現在お客様のアカウントではご利用いただけません。別の方法を選択してください。"
        ),
        "refused.verification_closed": (
            "認証はこちらではもうご利用いただけません。ページを再読み込みして、現在可能なお手続きをご確認ください。"
        ),
        "refused.appeal_not_offered": (
            "現在、異議申立てはできません。ページを再読み込みして、現在可能なお手続きをご確認ください。"
        ),
        "refused.documents_missing": "書類が不足しています：{documents}。",
        "refused.not_permitted": (
            "この判断は当社の担当者のみが行えます。お困りの場合は、カスタマーサポートにお問い合わせください。"
        ),
        # Titles of problem documents
        "problem.wait": "一時的に停止中です",
        "problem.verify": "現在、認証を行えます",
        "problem.complete_verification": "認証がまだ完了していません",
        "problem.await_review": "認証の審査中です",
        "problem.appeal": "異議申立て、またはその補足ができます",
        "problem.await_appeal": "異議申立ての検討中です",
        "problem.contact_support": "カスタマーサポートにお問い合わせください",
        "problem.ask_others": "カスタマーサポートでは解除できません",
        "problem.look_again": "現在この操作はできません",
        "problem.choose_another_method": "別の認証方法を選択してください",
        "problem.add_documents": "書類が不足しています",
        # For staff
        "staff.decision": "アカウント：{account} · 操作：{operation} · 送金先：{destination} · フェーズ：{phase}",
        "staff.request_destination": "照会された送金先：{destination_id}",
        "staff.hold": (
            "保留：{hold} · ルール：{rule} · トリガー：{trigger} · ポリシー：{policy} {version} · 状態："
            "{state} · 開始：{since}"
        ),
        "staff.public_reason": "お客様に伝えた理由：{public_reason}",
        "staff.keep_to_yourself": "何がいつ引き金になったかは、お客様にお伝えしないでください。",
        "staff.hold_destination": "この送金先のみが対象：{destination_id}",
        "staff.hold_timer": "タイマー期限：{until}",
        "staff.open_for": "経過時間：{duration}",
        "staff.reasons": "直近の不承認理由：{reasons}",
        "staff.more_because": "追加を求めた理由：{reasons}",
        "staff.refused": "イベント {event} は拒否されました：{refusal}。",
        "staff.authorities": "解除の指示：{authority} · 解除できる部門：{authorities}",
        "staff.outdated": "イベントの到着が遅すぎました。受領を記録してください。",
        "staff.early": (
            "このイベントは早く届きすぎた可能性があります。再度配信し、それでも解決しなければ担当者に確認してください。"
        ),
        # Phases
        "phase.active": "通常",
        "phase.suspended": "停止中",
        "phase.verification": "認証手続き中",
        "phase.review": "審査中",
        "phase.appeal": "異議申立て中",
        "phase.restored": "再開済み",
        # Names
        "authority.compliance": "コンプライアンス部門",
        "authority.master_key": "マスターキー",
        "authority.security": "セキュリティ部門",
        "authority.support": "カスタマーサポート",
        "authority.unlock_request": "ロック解除の申請",
        "destination.new": "新規",
        "destination.known": "既知",
        "document.id_photo": "本人確認書類の写真",
        "document.supporting_documents": "補足資料",
        "method.bank_deposit": "お客様の銀行口座からの入金",
        "method.face_mobile": "モバイルアプリでの顔認証",
        "method.face_web": "ウェブでの顔認証",
        "method.id_photo_with_note": "日付と署名のあるメモを添えた本人確認書類の写真",
        "method.identity_business": "法人としての本人確認",
        "method.identity_personal": "個人としての本人確認",
        "method.registered_email": "ご登録のメールアドレスからのメール",
        "method.second_approver": "別の管理者による承認",
        "method.video_call": "ビデオ通話",
        "operation.address_addition": "出金先アドレスの追加",
        "operation.api_access": "APIによるアクセス",
        "operation.api_key_management": "APIキーの管理",
        "operation.deposit": "入金",
        "operation.fiat_withdrawal": "銀行口座への出金",
        "operation.gift": "ギフト、コード、紅包",
        "operation.login": "ログイン",
        "operation.p2p_sale": "P2P販売",
        "operation.payment": "支払い",
        "operation.settings_change": "設定の変更",
        "operation.trade": "取引",
        "operation.transfer": "プラットフォーム内の振替",
        "operation.vault_withdrawal": "ボールトからの出金",
        "operation.withdrawal": "出金",
        "reason.abandoned": "認証の未完了",
        "reason.clock_skew": "端末の時刻のずれ",
        "reason.document_expired": "書類の有効期限切れ",
        "reason.document_tampered": "書類の改変の疑い",
        "reason.document_type_not_supported": "受付対象外の書類",
        "reason.document_unreadable": "書類の読み取り不可",
        "reason.face_covered": "顔を覆うものの着用",
        "reason.face_mismatch": "顔の不一致",
        "reason.face_not_found": "顔の検出不可",
        "reason.image_edited": "画像の加工",
        "reason.network_error": "通信の不具合",
        "reason.personal_data_mismatch": "個人情報の不一致",
        "reason.poor_light": "明るさ不足",
        "reason.software_blocked": "端末のソフトウェアによるアプリの遮断",
        "refusal.wrong_account": "別のアカウントに関するものです",
        "refusal.unknown_hold": "アカウントに該当する保留がありません",
        "refusal.hold_not_open": "その時点で保留は有効ではありませんでした",
        "refusal.no_clearance": "この保留は認証や異議申立てでは解除されません",
        "refusal.not_authorized": "決定する権限がありません",
        "refusal.wrong_state": "保留の現在の状態からは行えません",
        "refusal.method_not_accepted": "現在このアカウントでは使用できない方法です",
        "refusal.attempts_exhausted": "この保留の認証は締め切られています",
        "refusal.appeal_not_offered": "異議申立ては受け付けていません",
        "refusal.documents_missing": "必要な書類が不足しています",
        "refusal.same_reviewer": "審査を行った担当者は異議申立てを判断できません",
        "refusal.stale": "現在把握している内容より古いものです",
        "refusal.unknown_event": "取り消し対象のイベントの記録がありません",
        "tip.check_network": "ネットワーク接続をご確認ください",
        "tip.good_light": "明るい場所で行ってください",
        "tip.no_edited_pictures": "加工や透かしのない画像をお使いください",
        "tip.no_hat_or_glasses": "帽子や眼鏡を外してください",
        "tip.security_software": "セキュリティソフトがアプリを遮断していないことをご確認ください",
        "tip.synchronise_clocks": "スマートフォンとパソコンの時刻を合わせてください",
        # Instants, durations and lists
        "date": "{year}年{month}{day}日",
        "instant": "{date} {time}（{offset}）",
        "instant.ahead": "{date} {time}（{offset}、{duration}後）",
        "month.1": "1月",
        "month.2": "2月",
        "month.3": "3月",
        "month.4": "4月",
        "month.5": "5月",
        "month.6": "6月",
        "month.7": "7月",
        "month.8": "8月",
        "month.9": "9月",
        "month.10": "10月",
        "month.11": "11月",
        "month.12": "12月",
        "unit.day": {"other": "{count}日"},
        "unit.hour": {"other": "{count}時間"},
        "unit.minute": {"other": "{count}分"},
        "duration.pair": "{larger}{smaller}",
        "list.comma": "{head}、{last}",
        "list.clauses": "{head}、{last}",
        "list.and": "{head}、{last}",
        "list.or": "{head}または{last}",
    }
)
