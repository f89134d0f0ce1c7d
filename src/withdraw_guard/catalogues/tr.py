"""The texts in Turkish. Addresses the reader as “siz”. No suffix follows a value whose vowels would choose it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TEXTS: Final[Mapping[str, str | Mapping[str, str]]] = MappingProxyType(
    {
        # The answer
        "allowed": "Şu anda para çekebilirsiniz.",
        "allowed_operation": "Şu anda kullanılabilir: {operation}.",
        "denied.until": (
            "Bu para çekme işlemi geçici olarak durduruldu. Başka bir gelişme olmazsa kendiliğinden yeniden "
            "açılacağı tarih: {resumes_at}."
        ),
        "denied.until_operation": (
            "Geçici olarak durduruldu: {operation}. Başka bir gelişme olmazsa kendiliğinden sona ereceği "
            "tarih: {resumes_at}."
        ),
        "denied.open": (
            "Bu para çekme işlemi durduruldu ve kendiliğinden açılmayacak. Bundan sonraki adımlar aşağıdadır."
        ),
        "denied.open_operation": (
            "Durduruldu: {operation}. Kendiliğinden sona ermeyecek. Bundan sonraki adımlar aşağıdadır."
        ),
        "denied.until_destination": (
            "Bu alıcıya para çekme işlemleri geçici olarak durduruldu. Başka bir gelişme olmazsa kendiliğinden "
            "yeniden açılacağı tarih: {resumes_at}."
        ),
        "denied.until_destination_operation": (
            "Bu alıcı için geçici olarak durduruldu: {operation}. Başka bir gelişme olmazsa kendiliğinden sona "
            "ereceği tarih: {resumes_at}."
        ),
        "denied.open_destination": (
            "Bu alıcıya para çekme işlemleri durduruldu ve kendiliğinden açılmayacak. Bundan sonraki adımlar "
            "aşağıdadır."
        ),
        "denied.open_destination_operation": (
            "Bu alıcı için durduruldu: {operation}. Kendiliğinden sona ermeyecek. Bundan sonraki adımlar aşağıdadır."
        ),
        "denied.destinations_only": "Bu yalnızca burada belirtilen alıcıları etkiler.",
        "denied.several": {
            "one": "Bunun {count} nedeni var ve önce onun ortadan kalkması gerekiyor.",
            "other": "Bunun {count} ayrı nedeni var ve önce hepsinin ortadan kalkması gerekiyor.",
        },
        # Why
        "why.abnormal_activity": "Neden: olağan dışı hareketler veya hesabınızda incelememiz gereken başka bir durum.",
        "why.address_added": "Neden: bir adres veya alıcı eklendi.",
        "why.exchange_made": "Neden: hesabınızda bir takas yapıldı.",
        "why.legal_order": "Neden: bir mahkemenin veya başka bir makamın kararı.",
        "why.money_received": "Neden: hesabınıza para yatırıldı.",
        "why.new_account": "Neden: hesabınız yeni.",
        "why.new_device": "Neden: hesabınızda yeni bir cihaz.",
        "why.own_request": "Neden: bu, sizin tarafınızdan veya hesabınız için talep edildi.",
        "why.purchase_made": "Neden: hesabınızda bir satın alma yapıldı.",
        "why.security_change": "Neden: hesabınızın güvenliğinde yapılan bir değişiklik.",
        "why.unspecified": "Neden: hesabınızda bir kısıtlama var.",
        "hold.began_on": "Bu nedenin başlangıç tarihi: {began_on}.",
        "hold.this_destination": "Bu neden yalnızca bu alıcıyla ilgilidir.",
        "hold.destination": "Bu neden yalnızca tek bir alıcıyla ilgilidir ({destination_id}).",
        "hold.failed": "Önceki doğrulamanız veya itirazınız kabul edilmedi.",
        "hold.failed_because": "Önceki doğrulamanız veya itirazınız kabul edilmedi: {reasons}.",
        # What to do
        "step.wait": (
            "Lütfen şu tarihe kadar bekleyin: {until}. Bu neden o tarihte kendiliğinden ortadan kalkar; bu neden "
            "için bir şey yapmanız gerekmez."
        ),
        "step.wait_too": "Bekleme süresinin sonu: {until}.",
        "step.sooner": "Aşağıdakini yaparsanız bu neden daha erken ortadan kalkabilir.",
        "step.verify": (
            "“Şimdi doğrula” seçeneğini seçin ve kimliğinizi doğrulayın: {methods}. Ardından sonucu inceleyeceğiz."
        ),
        "step.verify_otherwise": (
            "“Şimdi doğrula” seçeneğini seçin ve doğrulamayı şu yollardan biriyle yapın: {methods}. Ardından sonucu "
            "inceleyeceğiz."
        ),
        "step.complete_verification": "Başlattığınız doğrulamayı tamamlayın: {method}.",
        "step.complete_verification_by": "Başlattığınız doğrulamayı ({method}) şu tarihten önce tamamlayın: {due}.",
        "step.hand_in": "Doğrulamanızı ({method}) tamamlamak için bir şey eksik. Lütfen şunları gönderin: {documents}.",
        "step.hand_in_by": (
            "Doğrulamanızı ({method}) tamamlamak için bir şey eksik. Lütfen şu tarihten önce gönderin ({due}): "
            "{documents}."
        ),
        "step.more_because": "Neden daha fazlası gerekiyor: {reasons}.",
        "step.await_review": "Doğrulamanız inceleniyor. Şu anda bununla ilgili bir şey yapmanız gerekmiyor.",
        "step.await_review_by": (
            "Doğrulamanız inceleniyor. Karar için öngörülen son tarih: {expected_by}. Bu tarih tek başına "
            "kısıtlamayı kaldırmaz."
        ),
        "step.await_review_overdue": (
            "Doğrulamanız hâlâ inceleniyor. Karar için öngörülen son tarih {expected_by} idi; karar gecikti. Şu anda "
            "bununla ilgili bir şey yapmanız gerekmiyor."
        ),
        "step.appeal": "“Para çekme itirazı” seçeneğini seçin ve itirazınızı şunlarla birlikte gönderin: {documents}.",
        "step.appeal_bare": "“Para çekme itirazı” seçeneğini seçin ve itirazınızı gönderin. Belge gerekmez.",
        "step.appeal_more": (
            "İtirazınız için bir şey eksik. “Para çekme itirazı” seçeneğini seçin ve şunları gönderin: {documents}."
        ),
        "step.appeal_more_bare": (
            "İtirazınız için bir şey eksik. “Para çekme itirazı” seçeneğini seçin ve yanıtınızı gönderin."
        ),
        "step.await_appeal": "İtirazınız değerlendiriliyor. Şu anda bununla ilgili bir şey yapmanız gerekmiyor.",
        "step.await_appeal_by": (
            "İtirazınız değerlendiriliyor. Karar için öngörülen son tarih: {expected_by}. Bu tarih tek "
            "başına kısıtlamayı kaldırmaz."
        ),
        "step.await_appeal_overdue": (
            "İtirazınız hâlâ değerlendiriliyor. Karar için öngörülen son tarih {expected_by} idi; karar gecikti. Şu "
            "anda bununla ilgili bir şey yapmanız gerekmiyor."
        ),
        "step.contact_support": (
            "Müşteri hizmetlerimizle yalnızca resmî kanallarımız üzerinden iletişime geçin. Bunu sona erdirebilecek "
            "olan: {authorities}."
        ),
        "step.ask_others": "Müşteri hizmetlerimiz bunu sona erdiremez. Bunu sona erdirebilecek olan: {authorities}.",
        "step.nothing_now": "Bununla ilgili şu anda burada yapabileceğiniz bir şey yok.",
        "step.tip": "İpucu: {tip}.",
        "choice.identity": "Bireysel olarak mı yoksa kurumsal olarak mı doğrulama yapacağınızı seçin.",
        "choice.personal": "Bireysel",
        "choice.business": "Kurumsal",
        "choice.face": "Bunu web üzerinden veya mobil uygulamada yapabilirsiniz.",
        "choice.web": "Web üzerinden",
        "choice.mobile": "Mobil uygulamada",
        "choice.qr_code": "Mobil uygulamayı kullanmak için QR kodunu telefonunuzla okutun.",
        # The page
        "notice.abnormal_activity": (
            "Olağan dışı hareketler veya incelememiz gereken başka bir durum fark ettik ve hesabınızı korumak için "
            "para çekme işlemlerini kısıtladık."
        ),
        "notice.abnormal_activity_some": (
            "Olağan dışı hareketler veya incelememiz gereken başka bir durum fark ettik. Hesabınızı korumak için "
            "bazı işlemler durduruldu."
        ),
        "notice.timed": (
            "Hesabınızdaki bazı işlemler durduruldu. Başka bir gelişme olmazsa bunun kendiliğinden sona ereceği "
            "tarih: {resumes_at}."
        ),
        "notice.link": "Nedenini ve yapmanız gerekenleri görün",
        "verify.prompt": (
            "Hesabınızı korumak için lütfen işlemi yapanın siz olduğunuzu doğrulayın. Ardından doğrulamanızı "
            "inceleyeceğiz."
        ),
        "verify.button": "Şimdi doğrula",
        "appeal.button": "Para çekme itirazı",
        # Refusals
        "refused.look_again": (
            "Bu işlem şu anda mümkün değil. Şimdi neler yapabileceğinizi görmek için lütfen sayfayı yenileyin."
        ),
        "refused.choose_another_method": (
            "Bu doğrulama yöntemi şu anda hesabınız için kabul edilmiyor. Lütfen başka bir yöntem seçin."
        ),
        "refused.verification_closed": (
            "Burada artık doğrulama yapılamıyor. Şimdi neler yapabileceğinizi görmek için lütfen sayfayı yenileyin."
        ),
        "refused.appeal_not_offered": (
            "Şu anda itiraz edilemiyor. Şimdi neler yapabileceğinizi görmek için lütfen sayfayı yenileyin."
        ),
        "refused.documents_missing": "Eksik belgeler var: {documents}.",
        "refused.not_permitted": (
            "Buna yalnızca çalışanlarımız karar verebilir. Yardıma ihtiyacınız varsa müşteri hizmetlerimizle "
            "iletişime geçin."
        ),
        # Titles of problem documents
        "problem.wait": "Geçici olarak durduruldu",
        "problem.verify": "Şimdi doğrulama yapabilirsiniz",
        "problem.complete_verification": "Doğrulamanız henüz tamamlanmadı",
        "problem.await_review": "Doğrulamanız inceleniyor",
        "problem.appeal": "İtiraz edebilir veya itirazınızı tamamlayabilirsiniz",
        "problem.await_appeal": "İtirazınız değerlendiriliyor",
        "problem.contact_support": "Lütfen müşteri hizmetleriyle iletişime geçin",
        "problem.ask_others": "Müşteri hizmetlerimiz bunu sona erdiremez",
        "problem.look_again": "Şu anda mümkün değil",
        "problem.choose_another_method": "Lütfen başka bir doğrulama yöntemi seçin",
        "problem.add_documents": "Eksik belgeler var",
        # For staff
        "staff.decision": "Hesap: {account} · işlem: {operation} · alıcı: {destination} · aşama: {phase}",
        "staff.request_destination": "Sorulan alıcı: {destination_id}",
        "staff.hold": (
            "Kısıtlama: {hold} · kural: {rule} · tetikleyici: {trigger} · politika: {policy} {version} · "
            "durum: {state} · başlangıç: {since}"
        ),
        "staff.public_reason": "Hesap sahibine bildirilen neden: {public_reason}",
        "staff.keep_to_yourself": "Bunu neyin ne zaman tetiklediğini hesap sahibine söylemeyin.",
        "staff.hold_destination": "Yalnızca şu alıcıyla ilgili: {destination_id}",
        "staff.hold_timer": "Süre sonu: {until}",
        "staff.open_for": "Geçen süre: {duration}",
        "staff.reasons": "Son reddin nedenleri: {reasons}",
        "staff.more_because": "Ek istek nedenleri: {reasons}",
        "staff.refused": "{event} olayı reddedildi: {refusal}.",
        "staff.authorities": "Kaldırma talimatını veren: {authority} · kaldırma yetkisi olan: {authorities}",
        "staff.outdated": "Olay çok geç geldi: alındı olarak işaretleyin.",
        "staff.early": "Olay erken gelmiş olabilir: yeniden iletin, sonra bir görevliye gösterin.",
        # Phases
        "phase.active": "Etkin",
        "phase.suspended": "Durduruldu",
        "phase.verification": "Doğrulama sürüyor",
        "phase.review": "İncelemede",
        "phase.appeal": "İtiraz sürüyor",
        "phase.restored": "Yeniden açıldı",
        # Names
        "authority.compliance": "uyum birimi",
        "authority.master_key": "ana anahtar (Master Key)",
        "authority.security": "güvenlik birimi",
        "authority.support": "müşteri hizmetleri",
        "authority.unlock_request": "kilidi açma talebi",
        "destination.new": "yeni",
        "destination.known": "bilinen",
        "document.id_photo": "kimlik belgenizin fotoğrafı",
        "document.supporting_documents": "destekleyici belgeler",
        "method.bank_deposit": "banka hesabınızdan para yatırma",
        "method.face_mobile": "mobil uygulamada yüz doğrulama",
        "method.face_web": "web üzerinden yüz doğrulama",
        "method.id_photo_with_note": "kimlik belgenizin tarihli ve imzalı bir notla çekilmiş fotoğrafı",
        "method.identity_business": "kurumsal kimlik doğrulama",
        "method.identity_personal": "bireysel kimlik doğrulama",
        "method.registered_email": "kayıtlı adresinizden bir e-posta",
        "method.second_approver": "ikinci bir yöneticinin onayı",
        "method.video_call": "görüntülü görüşme",
        "operation.address_addition": "çekim adresi ekleme",
        "operation.api_access": "API erişimi",
        "operation.api_key_management": "API anahtarı yönetimi",
        "operation.deposit": "para yatırma",
        "operation.fiat_withdrawal": "banka hesabına para çekme",
        "operation.gift": "hediyeler, kodlar ve kırmızı zarflar",
        "operation.login": "oturum açma",
        "operation.p2p_sale": "P2P satışlar",
        "operation.payment": "ödemeler",
        "operation.settings_change": "ayar değişiklikleri",
        "operation.trade": "alım satım",
        "operation.transfer": "platform içi transferler",
        "operation.vault_withdrawal": "kasadan çekim",
        "operation.withdrawal": "para çekme",
        "reason.abandoned": "doğrulama tamamlanmadı",
        "reason.clock_skew": "bir cihazın saati yanlıştı",
        "reason.document_expired": "belgenin süresi dolmuştu",
        "reason.document_tampered": "belge değiştirilmiş görünüyordu",
        "reason.document_type_not_supported": "bu belge türü kabul edilmedi",
        "reason.document_unreadable": "belge okunamadı",
        "reason.face_covered": "yüz kapalıydı",
        "reason.face_mismatch": "yüz eşleşmedi",
        "reason.face_not_found": "yüz bulunamadı",
        "reason.image_edited": "bir görüntü düzenlenmişti",
        "reason.network_error": "ağ sorunu oluştu",
        "reason.personal_data_mismatch": "kişisel bilgiler eşleşmedi",
        "reason.poor_light": "ışık yetersizdi",
        "reason.software_blocked": "cihazdaki bir yazılım uygulamayı engelledi",
        "refusal.wrong_account": "başka bir hesapla ilgili",
        "refusal.unknown_hold": "hesapta böyle bir kısıtlama yok",
        "refusal.hold_not_open": "kısıtlama o anda açık değildi",
        "refusal.no_clearance": "bu kısıtlama doğrulama veya itirazla kalkmaz",
        "refusal.not_authorized": "buna karar verme yetkisi yok",
        "refusal.wrong_state": "kısıtlamanın bulunduğu duruma uymuyor",
        "refusal.method_not_accepted": "yöntem şu anda bu hesap için kabul edilmiyor",
        "refusal.attempts_exhausted": "bu kısıtlama için doğrulama kapatıldı",
        "refusal.appeal_not_offered": "itiraz sunulmuyor",
        "refusal.documents_missing": "gerekli bir belge eksik",
        "refusal.same_reviewer": "incelemeye karar veren kişi itiraza karar veremez",
        "refusal.stale": "şu anda bilinenden daha eski bir şeyle ilgili",
        "refusal.unknown_event": "geri alınacak olay kayıtlarda yok",
        "tip.check_network": "ağ bağlantınızı kontrol edin",
        "tip.good_light": "ortamın iyi aydınlatılmış olmasına dikkat edin",
        "tip.no_edited_pictures": "düzenlenmemiş ve filigransız görüntüler kullanın",
        "tip.no_hat_or_glasses": "şapkanızı ve gözlüğünüzü çıkarın",
        "tip.security_software": "güvenlik yazılımının uygulamayı engellemediğinden emin olun",
        "tip.synchronise_clocks": "telefonunuzun ve bilgisayarınızın saatlerini eşitleyin",
        # Instants, durations and lists
        "date": "{day} {month} {year}",
        "instant": "{date} saat {time} ({offset})",
        "instant.ahead": "{date} saat {time} ({offset}, {duration} sonra)",
        "month.1": "Ocak",
        "month.2": "Şubat",
        "month.3": "Mart",
        "month.4": "Nisan",
        "month.5": "Mayıs",
        "month.6": "Haziran",
        "month.7": "Temmuz",
        "month.8": "Ağustos",
        "month.9": "Eylül",
        "month.10": "Ekim",
        "month.11": "Kasım",
        "month.12": "Aralık",
        "unit.day": {"one": "{count} gün", "other": "{count} gün"},
        "unit.hour": {"one": "{count} saat", "other": "{count} saat"},
        "unit.minute": {"one": "{count} dakika", "other": "{count} dakika"},
        "duration.pair": "{larger} {smaller}",
        "list.comma": "{head}, {last}",
        "list.clauses": "{head} ve {last}",
        "list.and": "{head} ve {last}",
        "list.or": "{head} veya {last}",
    }
)
