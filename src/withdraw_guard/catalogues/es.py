"""The texts in Spanish. Addresses the reader as «usted»."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TEXTS: Final[Mapping[str, str | Mapping[str, str]]] = MappingProxyType(
    {
        # The answer
        "allowed": "Ya puede hacer retiros.",
        "allowed_operation": "Disponible ahora: {operation}.",
        "denied.until": (
            "Este retiro está suspendido temporalmente. Si no ocurre nada más, la suspensión terminará por sí sola "
            "el {resumes_at}."
        ),
        "denied.until_operation": (
            "Suspensión temporal: {operation}. Si no ocurre nada más, terminará por sí sola el {resumes_at}."
        ),
        "denied.open": (
            "Este retiro está suspendido y la suspensión no terminará por sí sola. Aquí puede ver qué sigue."
        ),
        "denied.open_operation": "Suspensión: {operation}. No terminará por sí sola. Aquí puede ver qué sigue.",
        "denied.until_destination": (
            "Los retiros a este destino están suspendidos temporalmente. Si no ocurre nada más, se reanudarán "
            "por sí solos el {resumes_at}."
        ),
        "denied.until_destination_operation": (
            "Suspensión temporal, a este destino: {operation}. Si no ocurre nada más, terminará por sí sola el "
            "{resumes_at}."
        ),
        "denied.open_destination": (
            "Los retiros a este destino están suspendidos y no se reanudarán por sí solos. Aquí puede ver qué sigue."
        ),
        "denied.open_destination_operation": (
            "Suspensión, a este destino: {operation}. No terminará por sí sola. Aquí puede ver qué sigue."
        ),
        "denied.destinations_only": "Solo afecta a los destinos que se indican aquí.",
        "denied.several": {
            "one": "Hay {count} motivo; la suspensión no termina hasta que haya desaparecido.",
            "many": "Hay {count} de motivos distintos; la suspensión no termina hasta que hayan desaparecido todos.",
            "other": "Hay {count} motivos distintos; la suspensión no termina hasta que hayan desaparecido todos.",
        },
        # Why
        "why.abnormal_activity": "Motivo: actividad inusual u otra cosa en su cuenta que debemos revisar.",
        "why.address_added": "Motivo: se agregó una dirección o un beneficiario.",
        "why.exchange_made": "Motivo: se hizo un cambio de monedas o activos en su cuenta.",
        "why.legal_order": "Motivo: una orden de un tribunal o de otra autoridad.",
        "why.money_received": "Motivo: llegó un depósito a su cuenta.",
        "why.new_account": "Motivo: su cuenta es nueva.",
        "why.new_device": "Motivo: un dispositivo nuevo en su cuenta.",
        "why.own_request": "Motivo: esto fue solicitado por usted o para su cuenta.",
        "why.purchase_made": "Motivo: se hizo una compra en su cuenta.",
        "why.security_change": "Motivo: un cambio en la seguridad de su cuenta.",
        "why.unspecified": "Motivo: hay una retención en su cuenta.",
        "hold.began_on": "Este motivo existe desde el {began_on}.",
        "hold.this_destination": "Este motivo afecta solo a este destino.",
        "hold.destination": "Este motivo afecta solo a un destino ({destination_id}).",
        "hold.failed": "Su verificación o apelación anterior no fue aceptada.",
        "hold.failed_because": "Su verificación o apelación anterior no fue aceptada: {reasons}.",
        # What to do
        "step.wait": (
            "Espere hasta el {until}. Entonces este motivo desaparecerá por sí solo y no tiene que hacer nada al "
            "respecto."
        ),
        "step.wait_too": "Hay un tiempo de espera hasta el {until}.",
        "step.sooner": "Este motivo puede desaparecer antes si hace lo siguiente.",
        "step.verify": (
            "Seleccione «Verificar ahora» y confirme su identidad: {methods}. Después revisaremos el resultado."
        ),
        "step.verify_otherwise": (
            "Seleccione «Verificar ahora» y haga la verificación de una de estas formas: {methods}. Después "
            "revisaremos el resultado."
        ),
        "step.complete_verification": "Complete la verificación que ha iniciado: {method}.",
        "step.complete_verification_by": "Complete la verificación que ha iniciado antes del {due}: {method}.",
        "step.hand_in": "Falta algo para completar su verificación ({method}). Envíe: {documents}.",
        "step.hand_in_by": "Falta algo para completar su verificación ({method}). Envíe antes del {due}: {documents}.",
        "step.more_because": "Por qué falta algo: {reasons}.",
        "step.await_review": "Estamos revisando su verificación. Por ahora no tiene que hacer nada al respecto.",
        "step.await_review_by": (
            "Estamos revisando su verificación. Esperamos tener una decisión a más tardar el {expected_by}. "
            "Esa fecha por sí sola no pone fin a la suspensión."
        ),
        "step.await_review_overdue": (
            "Seguimos revisando su verificación. Esperábamos una decisión a más tardar el {expected_by} y lleva "
            "retraso. Por ahora no tiene que hacer nada al respecto."
        ),
        "step.appeal": "Seleccione «Apelar la suspensión de retiros» y envíe su apelación con: {documents}.",
        "step.appeal_bare": (
            "Seleccione «Apelar la suspensión de retiros» y envíe su apelación. No se necesitan documentos."
        ),
        "step.appeal_more": (
            "Falta algo para su apelación. Seleccione «Apelar la suspensión de retiros» y envíe: {documents}."
        ),
        "step.appeal_more_bare": (
            "Falta algo para su apelación. Seleccione «Apelar la suspensión de retiros» y envíe su respuesta."
        ),
        "step.await_appeal": "Estamos estudiando su apelación. Por ahora no tiene que hacer nada al respecto.",
        "step.await_appeal_by": (
            "Estamos estudiando su apelación. Esperamos tener una decisión a más tardar el {expected_by}. "
            "Esa fecha por sí sola no pone fin a la suspensión."
        ),
        "step.await_appeal_overdue": (
            "Seguimos estudiando su apelación. Esperábamos una decisión a más tardar el {expected_by} y lleva "
            "retraso. Por ahora no tiene que hacer nada al respecto."
        ),
        "step.contact_support": (
            "Póngase en contacto con nuestro servicio de atención al cliente, y solo por nuestros canales oficiales. "
            "Puede poner fin a esto: {authorities}."
        ),
        "step.ask_others": (
            "Nuestro servicio de atención al cliente no puede poner fin a esto. Puede poner fin a esto: {authorities}."
        ),
        "step.nothing_now": "Por ahora no hay nada que pueda hacer aquí al respecto.",
        "step.tip": "Consejo: {tip}.",
        "choice.identity": "Elija si desea verificar su identidad como particular o como empresa.",
        "choice.personal": "Como particular",
        "choice.business": "Como empresa",
        "choice.face": "Puede hacerlo en la web o en la aplicación móvil.",
        "choice.web": "En la web",
        "choice.mobile": "En la aplicación móvil",
        "choice.qr_code": "Para usar la aplicación móvil, escanee el código QR con su teléfono.",
        # The page
        "notice.abnormal_activity": (
            "Hemos detectado actividad inusual u otra cosa que debemos revisar y hemos restringido los retiros para "
            "proteger su cuenta."
        ),
        "notice.abnormal_activity_some": (
            "Hemos detectado actividad inusual u otra cosa que debemos revisar. Para proteger su cuenta, algunas "
            "operaciones están suspendidas."
        ),
        "notice.timed": (
            "Algunas operaciones de su cuenta están suspendidas. Si no ocurre nada más, esto terminará por sí solo "
            "el {resumes_at}."
        ),
        "notice.link": "Ver el motivo y qué hacer",
        "verify.prompt": (
            "Para proteger su cuenta, confirme que realmente es usted. Después revisaremos su verificación."
        ),
        "verify.button": "Verificar ahora",
        "appeal.button": "Apelar la suspensión de retiros",
        # Refusals
        "refused.look_again": (
            "Esto no es posible en este momento. Vuelva a cargar la página para ver qué puede hacer ahora."
        ),
        "refused.choose_another_method": (
            "Esta forma de verificación no se acepta para su cuenta en este momento. Elija otra."
        ),
        "refused.verification_closed": (
            "La verificación ya no está disponible aquí. Vuelva a cargar la página para ver qué puede hacer ahora."
        ),
        "refused.appeal_not_offered": (
            "En este momento no es posible apelar. Vuelva a cargar la página para ver qué puede hacer ahora."
        ),
        "refused.documents_missing": "Faltan documentos: {documents}.",
        "refused.not_permitted": (
            "Solo nuestro personal puede decidir esto. Si necesita ayuda, contacte con nuestro servicio de "
            "atención al cliente."
        ),
        # Titles of problem documents
        "problem.wait": "Suspensión temporal",
        "problem.verify": "Puede hacer una verificación ahora",
        "problem.complete_verification": "Su verificación aún no está completa",
        "problem.await_review": "Su verificación está en revisión",
        "problem.appeal": "Puede apelar o completar su apelación",
        "problem.await_appeal": "Su apelación está en estudio",
        "problem.contact_support": "Póngase en contacto con atención al cliente",
        "problem.ask_others": "Atención al cliente no puede poner fin a esto",
        "problem.look_again": "No es posible en este momento",
        "problem.choose_another_method": "Elija otra forma de verificación",
        "problem.add_documents": "Faltan documentos",
        # For staff
        "staff.decision": "Cuenta: {account} · operación: {operation} · destino: {destination} · fase: {phase}",
        "staff.request_destination": "Destino consultado: {destination_id}",
        "staff.hold": (
            "Retención: {hold} · regla: {rule} · desencadenante: {trigger} · política: {policy} {version} · "
            "estado: {state} · desde: {since}"
        ),
        "staff.public_reason": "Motivo comunicado al titular: {public_reason}",
        "staff.keep_to_yourself": "No diga al titular qué desencadenó esto ni cuándo.",
        "staff.hold_destination": "Afecta solo al destino: {destination_id}",
        "staff.hold_timer": "Plazo hasta: {until}",
        "staff.open_for": "Abierta desde hace: {duration}",
        "staff.reasons": "Motivos del último rechazo: {reasons}",
        "staff.more_because": "Motivos para pedir más: {reasons}",
        "staff.refused": "El evento {event} fue rechazado: {refusal}.",
        "staff.authorities": "Liberación ordenada en nombre de: {authority} · puede liberar: {authorities}",
        "staff.outdated": "El evento llega demasiado tarde: confirme su recepción.",
        "staff.early": (
            "Puede que el evento haya llegado demasiado pronto: entréguelo de nuevo y después muéstrelo a una persona."
        ),
        # Phases
        "phase.active": "Activa",
        "phase.suspended": "Suspendida",
        "phase.verification": "Verificación en curso",
        "phase.review": "En revisión",
        "phase.appeal": "Apelación en curso",
        "phase.restored": "Restablecida",
        # Names
        "authority.compliance": "cumplimiento normativo",
        "authority.master_key": "la clave maestra",
        "authority.security": "equipo de seguridad",
        "authority.support": "atención al cliente",
        "authority.unlock_request": "una solicitud de desbloqueo",
        "destination.new": "nuevo",
        "destination.known": "conocido",
        "document.id_photo": "una foto de su documento de identidad",
        "document.supporting_documents": "documentos justificativos",
        "method.bank_deposit": "un depósito desde su cuenta bancaria",
        "method.face_mobile": "verificación facial en la aplicación móvil",
        "method.face_web": "verificación facial en la web",
        "method.id_photo_with_note": "una foto de su documento de identidad con una nota fechada y firmada",
        "method.identity_business": "verificación de identidad como empresa",
        "method.identity_personal": "verificación de identidad como particular",
        "method.registered_email": "un correo electrónico desde su dirección registrada",
        "method.second_approver": "aprobación de un segundo administrador",
        "method.video_call": "una videollamada",
        "operation.address_addition": "alta de direcciones de retiro",
        "operation.api_access": "acceso por API",
        "operation.api_key_management": "gestión de claves API",
        "operation.deposit": "depósitos",
        "operation.fiat_withdrawal": "retiros a una cuenta bancaria",
        "operation.gift": "regalos, códigos y sobres rojos",
        "operation.login": "inicio de sesión",
        "operation.p2p_sale": "ventas P2P",
        "operation.payment": "pagos",
        "operation.settings_change": "cambios en la configuración",
        "operation.trade": "compraventa",
        "operation.transfer": "transferencias dentro de la plataforma",
        "operation.vault_withdrawal": "retiros desde una bóveda",
        "operation.withdrawal": "retiros",
        "reason.abandoned": "la verificación no se completó",
        "reason.clock_skew": "el reloj de un dispositivo no estaba en hora",
        "reason.document_expired": "el documento estaba vencido",
        "reason.document_tampered": "el documento parecía haber sido alterado",
        "reason.document_type_not_supported": "este tipo de documento no se aceptó",
        "reason.document_unreadable": "el documento no se pudo leer",
        "reason.face_covered": "el rostro estaba cubierto",
        "reason.face_mismatch": "el rostro no coincidía",
        "reason.face_not_found": "no se encontró ningún rostro",
        "reason.image_edited": "una imagen estaba editada",
        "reason.network_error": "hubo un problema de red",
        "reason.personal_data_mismatch": "los datos personales no coincidían",
        "reason.poor_light": "la luz era insuficiente",
        "reason.software_blocked": "un programa del dispositivo bloqueó la aplicación",
        "refusal.wrong_account": "se refiere a otra cuenta",
        "refusal.unknown_hold": "la cuenta no tiene esa retención",
        "refusal.hold_not_open": "la retención no estaba abierta en ese instante",
        "refusal.no_clearance": "ni la verificación ni la apelación levantan esta retención",
        "refusal.not_authorized": "no le corresponde decidirlo",
        "refusal.wrong_state": "no corresponde al estado de la retención",
        "refusal.method_not_accepted": "el método no se acepta ahora para esta cuenta",
        "refusal.attempts_exhausted": "la verificación está cerrada para esta retención",
        "refusal.appeal_not_offered": "no se ofrece apelación",
        "refusal.documents_missing": "falta un documento obligatorio",
        "refusal.same_reviewer": "quien decidió la revisión no puede decidir la apelación",
        "refusal.stale": "se refiere a algo anterior a lo que ya se sabe",
        "refusal.unknown_event": "no consta el evento que se quiere retractar",
        "tip.check_network": "compruebe su conexión de red",
        "tip.good_light": "procure que haya buena luz",
        "tip.no_edited_pictures": "use imágenes sin editar y sin marcas de agua",
        "tip.no_hat_or_glasses": "quítese el sombrero y los lentes",
        "tip.security_software": "asegúrese de que ningún programa de seguridad bloquee la aplicación",
        "tip.synchronise_clocks": "sincronice los relojes de su teléfono y de su computadora",
        # Instants, durations and lists
        "date": "{day} de {month} de {year}",
        "instant": "{date} a las {time} ({offset})",
        "instant.ahead": "{date} a las {time} ({offset}, dentro de {duration})",
        "month.1": "enero",
        "month.2": "febrero",
        "month.3": "marzo",
        "month.4": "abril",
        "month.5": "mayo",
        "month.6": "junio",
        "month.7": "julio",
        "month.8": "agosto",
        "month.9": "septiembre",
        "month.10": "octubre",
        "month.11": "noviembre",
        "month.12": "diciembre",
        "unit.day": {"one": "{count} día", "many": "{count} de días", "other": "{count} días"},
        "unit.hour": {"one": "{count} hora", "many": "{count} de horas", "other": "{count} horas"},
        "unit.minute": {"one": "{count} minuto", "many": "{count} de minutos", "other": "{count} minutos"},
        "duration.pair": "{larger} y {smaller}",
        "list.comma": "{head}, {last}",
        "list.clauses": "{head} y {last}",
        "list.and": "{head} y {last}",
        "list.or": "{head} o {last}",
    }
)
