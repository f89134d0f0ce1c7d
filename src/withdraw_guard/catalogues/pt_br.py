"""The texts in Portuguese (Brazil). Addresses the reader as “você”."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TEXTS: Final[Mapping[str, str | Mapping[str, str]]] = MappingProxyType(
    {
        # The answer
        "allowed": "Você já pode fazer saques.",
        "allowed_operation": "Disponível agora: {operation}.",
        "denied.until": (
            "Este saque está suspenso temporariamente. Se nada mais acontecer, a suspensão terminará automaticamente "
            "em {resumes_at}."
        ),
        "denied.until_operation": (
            "Suspensão temporária: {operation}. Se nada mais acontecer, ela terminará automaticamente em {resumes_at}."
        ),
        "denied.open": (
            "Este saque está suspenso, e a suspensão não terminará automaticamente. Veja aqui os próximos passos."
        ),
        "denied.open_operation": (
            "Suspensão: {operation}. Ela não terminará automaticamente. Veja aqui os próximos passos."
        ),
        "denied.until_destination": (
            "Os saques para este destino estão suspensos temporariamente. Se nada mais acontecer, eles voltarão "
            "a ser liberados automaticamente em {resumes_at}."
        ),
        "denied.until_destination_operation": (
            "Suspensão temporária para este destino: {operation}. Se nada mais acontecer, ela terminará "
            "automaticamente em {resumes_at}."
        ),
        "denied.open_destination": (
            "Os saques para este destino estão suspensos e não serão liberados automaticamente. Veja aqui os "
            "próximos passos."
        ),
        "denied.open_destination_operation": (
            "Suspensão para este destino: {operation}. Ela não terminará automaticamente. Veja aqui os próximos passos."
        ),
        "denied.destinations_only": "Isso afeta somente os destinos indicados aqui.",
        "denied.several": {
            "one": "Há {count} motivo para isso, e ele precisa deixar de existir antes.",
            "many": "Há {count} de motivos diferentes para isso, e todos precisam deixar de existir antes.",
            "other": "Há {count} motivos diferentes para isso, e todos precisam deixar de existir antes.",
        },
        # Why
        "why.abnormal_activity": "Motivo: atividade incomum ou outra coisa na sua conta que precisamos verificar.",
        "why.address_added": "Motivo: um endereço ou um favorecido foi adicionado.",
        "why.exchange_made": "Motivo: foi feita uma troca de moedas ou ativos na sua conta.",
        "why.legal_order": "Motivo: uma ordem da Justiça ou de outra autoridade.",
        "why.money_received": "Motivo: um depósito entrou na sua conta.",
        "why.new_account": "Motivo: sua conta é nova.",
        "why.new_device": "Motivo: um dispositivo novo na sua conta.",
        "why.own_request": "Motivo: isso foi solicitado por você ou para a sua conta.",
        "why.purchase_made": "Motivo: foi feita uma compra na sua conta.",
        "why.security_change": "Motivo: uma alteração na segurança da sua conta.",
        "why.unspecified": "Motivo: há um bloqueio na sua conta.",
        "hold.began_on": "Este motivo existe desde {began_on}.",
        "hold.this_destination": "Este motivo afeta somente este destino.",
        "hold.destination": "Este motivo afeta somente um destino ({destination_id}).",
        "hold.failed": "Sua verificação ou seu recurso anterior não foi aceito.",
        "hold.failed_because": "Sua verificação ou seu recurso anterior não foi aceito: {reasons}.",
        # What to do
        "step.wait": (
            "Aguarde até {until}. Depois disso, este motivo deixa de existir automaticamente, e você não precisa "
            "fazer nada a respeito."
        ),
        "step.wait_too": "Há um período de espera até {until}.",
        "step.sooner": "Este motivo pode deixar de existir antes se você fizer o seguinte.",
        "step.verify": (
            "Selecione “Verificar agora” e confirme sua identidade: {methods}. Em seguida, analisaremos o resultado."
        ),
        "step.verify_otherwise": (
            "Selecione “Verificar agora” e faça a verificação de uma destas formas: {methods}. Em seguida, "
            "analisaremos o resultado."
        ),
        "step.complete_verification": "Conclua a verificação que você iniciou: {method}.",
        "step.complete_verification_by": "Conclua a verificação que você iniciou antes de {due}: {method}.",
        "step.hand_in": "Falta algo para concluir sua verificação ({method}). Envie: {documents}.",
        "step.hand_in_by": "Falta algo para concluir sua verificação ({method}). Envie antes de {due}: {documents}.",
        "step.more_because": "Por que falta algo: {reasons}.",
        "step.await_review": "Sua verificação está em análise. Você não precisa fazer nada a respeito agora.",
        "step.await_review_by": (
            "Sua verificação está em análise. Esperamos ter uma decisão até {expected_by}. Essa data, por si "
            "só, não encerra a suspensão."
        ),
        "step.await_review_overdue": (
            "Sua verificação ainda está em análise. A decisão era esperada até {expected_by} e está atrasada. Você "
            "não precisa fazer nada a respeito agora."
        ),
        "step.appeal": "Selecione “Recurso contra a suspensão de saques” e envie o recurso com: {documents}.",
        "step.appeal_bare": (
            "Selecione “Recurso contra a suspensão de saques” e envie o recurso. Não é preciso anexar documentos."
        ),
        "step.appeal_more": (
            "Falta algo no seu recurso. Selecione “Recurso contra a suspensão de saques” e envie: {documents}."
        ),
        "step.appeal_more_bare": (
            "Falta algo no seu recurso. Selecione “Recurso contra a suspensão de saques” e envie sua resposta."
        ),
        "step.await_appeal": "Seu recurso está sendo avaliado. Você não precisa fazer nada a respeito agora.",
        "step.await_appeal_by": (
            "Seu recurso está sendo avaliado. Esperamos ter uma decisão até {expected_by}. Essa data, por si "
            "só, não encerra a suspensão."
        ),
        "step.await_appeal_overdue": (
            "Seu recurso ainda está sendo avaliado. A decisão era esperada até {expected_by} e está atrasada. Você "
            "não precisa fazer nada a respeito agora."
        ),
        "step.contact_support": (
            "Fale com o nosso atendimento ao cliente, e somente pelos nossos canais oficiais. Pode encerrar isto: "
            "{authorities}."
        ),
        "step.ask_others": "O nosso atendimento ao cliente não pode encerrar isto. Pode encerrar isto: {authorities}.",
        "step.nothing_now": "No momento, não há nada que você possa fazer aqui a respeito.",
        "step.tip": "Dica: {tip}.",
        "choice.identity": "Escolha se a verificação é como pessoa física ou como empresa.",
        "choice.personal": "Como pessoa física",
        "choice.business": "Como empresa",
        "choice.face": "Você pode fazer isso na web ou no aplicativo.",
        "choice.web": "Na web",
        "choice.mobile": "No aplicativo",
        "choice.qr_code": "Para usar o aplicativo, escaneie o código QR com o seu celular.",
        # The page
        "notice.abnormal_activity": (
            "Detectamos atividade incomum ou outra coisa que precisamos verificar e restringimos os saques para "
            "proteger a sua conta."
        ),
        "notice.abnormal_activity_some": (
            "Detectamos atividade incomum ou outra coisa que precisamos verificar. Para proteger a sua conta, "
            "algumas operações estão suspensas."
        ),
        "notice.timed": (
            "Algumas operações da sua conta estão suspensas. Se nada mais acontecer, isso terminará automaticamente "
            "em {resumes_at}."
        ),
        "notice.link": "Ver o motivo e o que fazer",
        "verify.prompt": (
            "Para proteger a sua conta, confirme que é você mesmo. Em seguida, analisaremos a verificação."
        ),
        "verify.button": "Verificar agora",
        "appeal.button": "Recurso contra a suspensão de saques",
        # Refusals
        "refused.look_again": (
            "Isso não é possível no momento. Recarregue a página para ver o que você pode fazer agora."
        ),
        "refused.choose_another_method": (
            "Esta forma de verificação não é aceita para a sua conta no momento. Escolha outra."
        ),
        "refused.verification_closed": (
            "A verificação não está mais disponível aqui. Recarregue a página para ver o que você pode fazer agora."
        ),
        "refused.appeal_not_offered": (
            "Não é possível recorrer no momento. Recarregue a página para ver o que você pode fazer agora."
        ),
        "refused.documents_missing": "Faltam documentos: {documents}.",
        "refused.not_permitted": (
            "Somente a nossa equipe pode decidir isso. Se precisar de ajuda, fale com o nosso atendimento ao cliente."
        ),
        # Titles of problem documents
        "problem.wait": "Suspensão temporária",
        "problem.verify": "Você pode fazer uma verificação agora",
        "problem.complete_verification": "Sua verificação ainda não foi concluída",
        "problem.await_review": "Sua verificação está em análise",
        "problem.appeal": "Você pode apresentar ou completar um recurso",
        "problem.await_appeal": "Seu recurso está sendo avaliado",
        "problem.contact_support": "Fale com o atendimento ao cliente",
        "problem.ask_others": "O atendimento ao cliente não pode encerrar isto",
        "problem.look_again": "Não é possível no momento",
        "problem.choose_another_method": "Escolha outra forma de verificação",
        "problem.add_documents": "Faltam documentos",
        # For staff
        "staff.decision": "Conta: {account} · operação: {operation} · destino: {destination} · fase: {phase}",
        "staff.request_destination": "Destino consultado: {destination_id}",
        "staff.hold": (
            "Bloqueio: {hold} · regra: {rule} · gatilho: {trigger} · política: {policy} {version} · estado: "
            "{state} · desde: {since}"
        ),
        "staff.public_reason": "Motivo informado ao titular: {public_reason}",
        "staff.keep_to_yourself": "Não diga ao titular o que causou isto nem quando.",
        "staff.hold_destination": "Afeta somente o destino: {destination_id}",
        "staff.hold_timer": "Prazo até: {until}",
        "staff.open_for": "Aberto há: {duration}",
        "staff.reasons": "Motivos da última recusa: {reasons}",
        "staff.more_because": "Motivos para pedir mais: {reasons}",
        "staff.refused": "O evento {event} foi recusado: {refusal}.",
        "staff.authorities": "Liberação ordenada em nome de: {authority} · pode liberar: {authorities}",
        "staff.outdated": "O evento chegou tarde demais: confirme o recebimento.",
        "staff.early": "O evento pode ter chegado cedo demais: reenvie-o e, se persistir, encaminhe-o a um atendente.",
        # Phases
        "phase.active": "Ativa",
        "phase.suspended": "Suspensa",
        "phase.verification": "Verificação em andamento",
        "phase.review": "Em análise",
        "phase.appeal": "Recurso em andamento",
        "phase.restored": "Restabelecida",
        # Names
        "authority.compliance": "conformidade (compliance)",
        "authority.master_key": "a chave mestra",
        "authority.security": "equipe de segurança",
        "authority.support": "atendimento ao cliente",
        "authority.unlock_request": "um pedido de desbloqueio",
        "destination.new": "novo",
        "destination.known": "conhecido",
        "document.id_photo": "uma foto do seu documento de identidade",
        "document.supporting_documents": "documentos comprobatórios",
        "method.bank_deposit": "um depósito da sua conta bancária",
        "method.face_mobile": "verificação facial no aplicativo",
        "method.face_web": "verificação facial na web",
        "method.id_photo_with_note": "uma foto do seu documento de identidade com um bilhete datado e assinado",
        "method.identity_business": "verificação de identidade como empresa",
        "method.identity_personal": "verificação de identidade como pessoa física",
        "method.registered_email": "um e-mail do seu endereço cadastrado",
        "method.second_approver": "aprovação de um segundo administrador",
        "method.video_call": "uma chamada de vídeo",
        "operation.address_addition": "inclusão de endereços de saque",
        "operation.api_access": "acesso por API",
        "operation.api_key_management": "gestão de chaves de API",
        "operation.deposit": "depósitos",
        "operation.fiat_withdrawal": "saques para conta bancária",
        "operation.gift": "presentes, códigos e envelopes vermelhos",
        "operation.login": "acesso à conta",
        "operation.p2p_sale": "vendas P2P",
        "operation.payment": "pagamentos",
        "operation.settings_change": "alterações nas configurações",
        "operation.trade": "negociação",
        "operation.transfer": "transferências dentro da plataforma",
        "operation.vault_withdrawal": "saques de um cofre",
        "operation.withdrawal": "saques",
        "reason.abandoned": "a verificação não foi concluída",
        "reason.clock_skew": "o relógio de um dispositivo estava errado",
        "reason.document_expired": "o documento estava vencido",
        "reason.document_tampered": "o documento parecia ter sido alterado",
        "reason.document_type_not_supported": "este tipo de documento não foi aceito",
        "reason.document_unreadable": "não foi possível ler o documento",
        "reason.face_covered": "o rosto estava coberto",
        "reason.face_mismatch": "o rosto não correspondeu",
        "reason.face_not_found": "nenhum rosto foi encontrado",
        "reason.image_edited": "uma imagem estava editada",
        "reason.network_error": "houve um problema de rede",
        "reason.personal_data_mismatch": "os dados pessoais não correspondiam",
        "reason.poor_light": "a iluminação era insuficiente",
        "reason.software_blocked": "um programa no dispositivo bloqueou o aplicativo",
        "refusal.wrong_account": "refere-se a outra conta",
        "refusal.unknown_hold": "a conta não tem esse bloqueio",
        "refusal.hold_not_open": "o bloqueio não estava aberto naquele instante",
        "refusal.no_clearance": "nem verificação nem recurso removem este bloqueio",
        "refusal.not_authorized": "essa decisão não lhe cabe",
        "refusal.wrong_state": "não corresponde à situação do bloqueio",
        "refusal.method_not_accepted": "o método não é aceito para esta conta agora",
        "refusal.attempts_exhausted": "a verificação está encerrada para este bloqueio",
        "refusal.appeal_not_offered": "não há recurso disponível",
        "refusal.documents_missing": "falta um documento obrigatório",
        "refusal.same_reviewer": "quem decidiu a análise não pode decidir o recurso",
        "refusal.stale": "refere-se a algo anterior ao que já se sabe",
        "refusal.unknown_event": "não há registro do evento a ser retratado",
        "tip.check_network": "verifique a sua conexão de rede",
        "tip.good_light": "procure um lugar bem iluminado",
        "tip.no_edited_pictures": "use imagens sem edição e sem marcas d’água",
        "tip.no_hat_or_glasses": "tire o chapéu e os óculos",
        "tip.security_software": "verifique se nenhum programa de segurança está bloqueando o aplicativo",
        "tip.synchronise_clocks": "sincronize os relógios do celular e do computador",
        # Instants, durations and lists
        "date": "{day} de {month} de {year}",
        "instant": "{date}, às {time} ({offset})",
        "instant.ahead": "{date}, às {time} ({offset}, daqui a {duration})",
        "month.1": "janeiro",
        "month.2": "fevereiro",
        "month.3": "março",
        "month.4": "abril",
        "month.5": "maio",
        "month.6": "junho",
        "month.7": "julho",
        "month.8": "agosto",
        "month.9": "setembro",
        "month.10": "outubro",
        "month.11": "novembro",
        "month.12": "dezembro",
        "unit.day": {"one": "{count} dia", "many": "{count} de dias", "other": "{count} dias"},
        "unit.hour": {"one": "{count} hora", "many": "{count} de horas", "other": "{count} horas"},
        "unit.minute": {"one": "{count} minuto", "many": "{count} de minutos", "other": "{count} minutos"},
        "duration.pair": "{larger} e {smaller}",
        "list.comma": "{head}, {last}",
        "list.clauses": "{head} e {last}",
        "list.and": "{head} e {last}",
        "list.or": "{head} ou {last}",
    }
)
