"""The texts in Russian. Addresses the reader as «вы». Units stand in the accusative, as after «через»."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TEXTS: Final[Mapping[str, str | Mapping[str, str]]] = MappingProxyType(
    {
        # The answer
        "allowed": "Сейчас вы можете выводить средства.",
        "allowed_operation": "Сейчас доступно: {operation}.",
        "denied.until": (
            "Этот вывод средств временно приостановлен. Если больше ничего не произойдёт, он станет возможен "
            "автоматически: {resumes_at}."
        ),
        "denied.until_operation": (
            "Временно приостановлено: {operation}. Если больше ничего не произойдёт, ограничение будет снято "
            "автоматически: {resumes_at}."
        ),
        "denied.open": (
            "Этот вывод средств приостановлен и не возобновится автоматически. Ниже указано, что делать дальше."
        ),
        "denied.open_operation": (
            "Приостановлено: {operation}. Ограничение не будет снято автоматически. Ниже указано, что делать дальше."
        ),
        "denied.until_destination": (
            "Вывод средств этому получателю временно приостановлен. Если больше ничего не произойдёт, он "
            "возобновится автоматически: {resumes_at}."
        ),
        "denied.until_destination_operation": (
            "Временно приостановлено для этого получателя: {operation}. Если больше ничего не произойдёт, "
            "ограничение будет снято автоматически: {resumes_at}."
        ),
        "denied.open_destination": (
            "Вывод средств этому получателю приостановлен и не возобновится автоматически. Ниже указано, что "
            "делать дальше."
        ),
        "denied.open_destination_operation": (
            "Приостановлено для этого получателя: {operation}. Ограничение не будет снято автоматически. Ниже "
            "указано, что делать дальше."
        ),
        "denied.destinations_only": "Это касается только указанных здесь получателей.",
        "denied.several": {
            "one": "Этому есть {count} причина, и сначала она должна быть устранена.",
            "few": "Этому есть {count} отдельные причины, и сначала все они должны быть устранены.",
            "many": "Этому есть {count} отдельных причин, и сначала все они должны быть устранены.",
            "other": "Этому есть {count} отдельной причины, и сначала все они должны быть устранены.",
        },
        # Why
        "why.abnormal_activity": (
            "Причина: необычная активность или что-то другое на вашем аккаунте, что нам нужно проверить."
        ),
        "why.address_added": "Причина: был добавлен адрес или получатель.",
        "why.exchange_made": "Причина: на вашем аккаунте был совершён обмен.",
        "why.legal_order": "Причина: распоряжение суда или другого органа.",
        "why.money_received": "Причина: на ваш аккаунт поступили средства.",
        "why.new_account": "Причина: ваш аккаунт новый.",
        "why.new_device": "Причина: новое устройство на вашем аккаунте.",
        "why.own_request": "Причина: это было запрошено вами или для вашего аккаунта.",
        "why.purchase_made": "Причина: на вашем аккаунте была совершена покупка.",
        "why.security_change": "Причина: изменение, связанное с безопасностью вашего аккаунта.",
        "why.unspecified": "Причина: на вашем аккаунте действует ограничение.",
        "hold.began_on": "Эта причина действует с {began_on}.",
        "hold.this_destination": "Эта причина касается только этого получателя.",
        "hold.destination": "Эта причина касается только одного получателя ({destination_id}).",
        "hold.failed": "Ваше предыдущее подтверждение или обращение не было принято.",
        "hold.failed_because": "Ваше предыдущее подтверждение или обращение не было принято: {reasons}.",
        # What to do
        "step.wait": (
            "Подождите до {until}. После этого причина отпадёт сама собой; в связи с ней от вас ничего не требуется."
        ),
        "step.wait_too": "Действует период ожидания до {until}.",
        "step.sooner": "Эта причина может отпасть раньше, если вы сделаете следующее.",
        "step.verify": "Нажмите «Подтвердить сейчас» и пройдите проверку: {methods}. Затем мы рассмотрим результат.",
        "step.verify_otherwise": (
            "Нажмите «Подтвердить сейчас» и пройдите подтверждение одним из этих способов: {methods}. Затем мы "
            "рассмотрим результат."
        ),
        "step.complete_verification": "Завершите начатое подтверждение: {method}.",
        "step.complete_verification_by": "Завершите начатое подтверждение до {due}: {method}.",
        "step.hand_in": "Подтверждение ({method}) нужно дополнить. Отправьте: {documents}.",
        "step.hand_in_by": "Подтверждение ({method}) нужно дополнить. Отправьте до {due}: {documents}.",
        "step.more_because": "Почему нужно дополнить: {reasons}.",
        "step.await_review": "Мы проверяем ваши данные. Сейчас для этого от вас ничего не требуется.",
        "step.await_review_by": (
            "Мы проверяем ваши данные. Решение ожидается не позднее {expected_by}. Сама эта дата ограничение "
            "не снимает."
        ),
        "step.await_review_overdue": (
            "Мы всё ещё проверяем ваши данные. Решение ожидалось не позднее {expected_by} и задерживается. Сейчас "
            "для этого от вас ничего не требуется."
        ),
        "step.appeal": "Нажмите «Обжаловать приостановку вывода» и отправьте обращение, приложив: {documents}.",
        "step.appeal_bare": "Нажмите «Обжаловать приостановку вывода» и отправьте обращение. Документы не требуются.",
        "step.appeal_more": (
            "Ваше обращение нужно дополнить. Нажмите «Обжаловать приостановку вывода» и отправьте: {documents}."
        ),
        "step.appeal_more_bare": (
            "Ваше обращение нужно дополнить. Нажмите «Обжаловать приостановку вывода» и отправьте ответ."
        ),
        "step.await_appeal": "Ваше обращение рассматривается. Сейчас для этого от вас ничего не требуется.",
        "step.await_appeal_by": (
            "Ваше обращение рассматривается. Решение ожидается не позднее {expected_by}. Сама эта дата "
            "ограничение не снимает."
        ),
        "step.await_appeal_overdue": (
            "Ваше обращение всё ещё рассматривается. Решение ожидалось не позднее {expected_by} и задерживается. "
            "Сейчас для этого от вас ничего не требуется."
        ),
        "step.contact_support": (
            "Обратитесь в нашу службу поддержки, и только по официальным каналам. Снять это ограничение вправе: "
            "{authorities}."
        ),
        "step.ask_others": (
            "Наша служба поддержки не может снять это ограничение. Снять это ограничение вправе: {authorities}."
        ),
        "step.nothing_now": "Сейчас вы ничего не можете здесь с этим сделать.",
        "step.tip": "Совет: {tip}.",
        "choice.identity": "Выберите, кто проходит проверку: частное лицо или компания.",
        "choice.personal": "Как частное лицо",
        "choice.business": "Как компания",
        "choice.face": "Это можно сделать на сайте или в мобильном приложении.",
        "choice.web": "На сайте",
        "choice.mobile": "В мобильном приложении",
        "choice.qr_code": "Чтобы использовать мобильное приложение, отсканируйте QR-код телефоном.",
        # The page
        "notice.abnormal_activity": (
            "Мы заметили необычную активность или что-то другое, что нам нужно проверить, и ограничили вывод "
            "средств, чтобы защитить ваш аккаунт."
        ),
        "notice.abnormal_activity_some": (
            "Мы заметили необычную активность или что-то другое, что нам нужно проверить. Чтобы защитить ваш "
            "аккаунт, некоторые операции приостановлены."
        ),
        "notice.timed": (
            "Некоторые операции на вашем аккаунте приостановлены. Если больше ничего не произойдёт, это закончится "
            "автоматически: {resumes_at}."
        ),
        "notice.link": "Узнать причину и что делать",
        "verify.prompt": "Чтобы защитить ваш аккаунт, подтвердите, что это действительно вы. Затем мы проверим данные.",
        "verify.button": "Подтвердить сейчас",
        "appeal.button": "Обжаловать приостановку вывода",
        # Refusals
        "refused.look_again": "Сейчас это невозможно. Обновите страницу, чтобы увидеть, что можно сделать.",
        "refused.choose_another_method": (
            "Этот способ подтверждения сейчас не принимается для вашего аккаунта. Выберите другой."
        ),
        "refused.verification_closed": (
            "Подтверждение здесь больше недоступно. Обновите страницу, чтобы увидеть, что можно сделать."
        ),
        "refused.appeal_not_offered": (
            "Обжалование сейчас недоступно. Обновите страницу, чтобы увидеть, что можно сделать."
        ),
        "refused.documents_missing": "Не хватает документов: {documents}.",
        "refused.not_permitted": (
            "Это могут решить только наши сотрудники. Если нужна помощь, обратитесь в службу поддержки."
        ),
        # Titles of problem documents
        "problem.wait": "Временно приостановлено",
        "problem.verify": "Вы можете пройти подтверждение",
        "problem.complete_verification": "Подтверждение ещё не завершено",
        "problem.await_review": "Ваши данные проверяются",
        "problem.appeal": "Вы можете подать обращение или дополнить его",
        "problem.await_appeal": "Ваше обращение рассматривается",
        "problem.contact_support": "Обратитесь в службу поддержки",
        "problem.ask_others": "Служба поддержки не может снять это ограничение",
        "problem.look_again": "Сейчас это невозможно",
        "problem.choose_another_method": "Выберите другой способ подтверждения",
        "problem.add_documents": "Не хватает документов",
        # For staff
        "staff.decision": "Аккаунт: {account} · операция: {operation} · получатель: {destination} · фаза: {phase}",
        "staff.request_destination": "Запрошенный получатель: {destination_id}",
        "staff.hold": (
            "Ограничение: {hold} · правило: {rule} · триггер: {trigger} · политика: {policy} {version} · "
            "состояние: {state} · с: {since}"
        ),
        "staff.public_reason": "Причина, сообщённая владельцу аккаунта: {public_reason}",
        "staff.keep_to_yourself": "Не сообщайте владельцу аккаунта, что и когда это вызвало.",
        "staff.hold_destination": "Касается только получателя: {destination_id}",
        "staff.hold_timer": "Таймер до: {until}",
        "staff.open_for": "Действует уже {duration}",
        "staff.reasons": "Причины последнего отказа: {reasons}",
        "staff.more_because": "Причины запроса дополнений: {reasons}",
        "staff.refused": "Событие {event} отклонено: {refusal}.",
        "staff.authorities": "Снятие предписано от имени: {authority} · вправе снять: {authorities}",
        "staff.outdated": "Событие пришло слишком поздно: подтвердите получение.",
        "staff.early": "Возможно, событие пришло слишком рано: доставьте его ещё раз, а затем покажите сотруднику.",
        # Phases
        "phase.active": "Активен",
        "phase.suspended": "Приостановлен",
        "phase.verification": "Идёт подтверждение",
        "phase.review": "На проверке",
        "phase.appeal": "Обращение рассматривается",
        "phase.restored": "Возобновлён",
        # Names
        "authority.compliance": "отдел комплаенса",
        "authority.master_key": "мастер-ключ",
        "authority.security": "служба безопасности",
        "authority.support": "служба поддержки",
        "authority.unlock_request": "запрос на разблокировку",
        "destination.new": "новый",
        "destination.known": "известный",
        "document.id_photo": "фото удостоверения личности",
        "document.supporting_documents": "подтверждающие документы",
        "method.bank_deposit": "пополнение с вашего банковского счёта",
        "method.face_mobile": "проверка лица в мобильном приложении",
        "method.face_web": "проверка лица на сайте",
        "method.id_photo_with_note": "фото удостоверения личности с запиской с датой и подписью",
        "method.identity_business": "проверка компании",
        "method.identity_personal": "проверка личности частного лица",
        "method.registered_email": "письмо с вашего зарегистрированного адреса",
        "method.second_approver": "одобрение вторым администратором",
        "method.video_call": "видеозвонок",
        "operation.address_addition": "добавление адресов вывода",
        "operation.api_access": "доступ через API",
        "operation.api_key_management": "управление ключами API",
        "operation.deposit": "пополнения",
        "operation.fiat_withdrawal": "вывод денег на банковский счёт",
        "operation.gift": "подарки, коды и красные конверты",
        "operation.login": "вход в аккаунт",
        "operation.p2p_sale": "P2P-продажи",
        "operation.payment": "платежи",
        "operation.settings_change": "изменение настроек",
        "operation.trade": "торговля",
        "operation.transfer": "переводы внутри платформы",
        "operation.vault_withdrawal": "вывод из хранилища",
        "operation.withdrawal": "вывод средств",
        "reason.abandoned": "подтверждение не было завершено",
        "reason.clock_skew": "на устройстве было неверное время",
        "reason.document_expired": "срок действия документа истёк",
        "reason.document_tampered": "документ, по всей видимости, был изменён",
        "reason.document_type_not_supported": "такой документ не был принят",
        "reason.document_unreadable": "документ не удалось прочитать",
        "reason.face_covered": "лицо было закрыто",
        "reason.face_mismatch": "лицо не совпало",
        "reason.face_not_found": "лицо не удалось распознать",
        "reason.image_edited": "изображение было отредактировано",
        "reason.network_error": "возникла проблема с сетью",
        "reason.personal_data_mismatch": "личные данные не совпали",
        "reason.poor_light": "освещение было слишком слабым",
        "reason.software_blocked": "программа на устройстве заблокировала приложение",
        "refusal.wrong_account": "оно относится к другому аккаунту",
        "refusal.unknown_hold": "у аккаунта нет такого ограничения",
        "refusal.hold_not_open": "ограничение в тот момент не действовало",
        "refusal.no_clearance": "ни подтверждение, ни обжалование не снимают это ограничение",
        "refusal.not_authorized": "нет полномочий решать это",
        "refusal.wrong_state": "оно не соответствует состоянию ограничения",
        "refusal.method_not_accepted": "этот способ сейчас не принимается для аккаунта",
        "refusal.attempts_exhausted": "подтверждение для этого ограничения закрыто",
        "refusal.appeal_not_offered": "обжалование не предлагается",
        "refusal.documents_missing": "не хватает обязательного документа",
        "refusal.same_reviewer": "тот, кто принял решение по проверке, не может решать по обжалованию",
        "refusal.stale": "оно относится к более раннему, чем известно сейчас",
        "refusal.unknown_event": "отзываемое событие не найдено в записях",
        "tip.check_network": "проверьте подключение к сети",
        "tip.good_light": "позаботьтесь о хорошем освещении",
        "tip.no_edited_pictures": "используйте изображения без обработки и водяных знаков",
        "tip.no_hat_or_glasses": "снимите головной убор и очки",
        "tip.security_software": "убедитесь, что защитное ПО не блокирует приложение",
        "tip.synchronise_clocks": "синхронизируйте время на телефоне и компьютере",
        # Instants, durations and lists
        "date": "{day} {month} {year} года",
        "instant": "{date}, {time} ({offset})",
        "instant.ahead": "{date}, {time} ({offset}, через {duration})",
        "month.1": "января",
        "month.2": "февраля",
        "month.3": "марта",
        "month.4": "апреля",
        "month.5": "мая",
        "month.6": "июня",
        "month.7": "июля",
        "month.8": "августа",
        "month.9": "сентября",
        "month.10": "октября",
        "month.11": "ноября",
        "month.12": "декабря",
        "unit.day": {"one": "{count} день", "few": "{count} дня", "many": "{count} дней", "other": "{count} дня"},
        "unit.hour": {"one": "{count} час", "few": "{count} часа", "many": "{count} часов", "other": "{count} часа"},
        "unit.minute": {
            "one": "{count} минуту",
            "few": "{count} минуты",
            "many": "{count} минут",
            "other": "{count} минуты",
        },
        "duration.pair": "{larger} {smaller}",
        "list.comma": "{head}, {last}",
        "list.clauses": "{head}, и {last}",
        "list.and": "{head} и {last}",
        "list.or": "{head} или {last}",
    }
)
