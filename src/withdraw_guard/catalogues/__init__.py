"""The shipped texts: one module for each language, named after its tag (`pt_br` for `pt-BR`), pure data.

To add a language, add its file here with `TEXTS`, and its line below. `withdraw_guard.messages` validates the texts
and finds the language.
"""

from withdraw_guard.catalogues import de as de
from withdraw_guard.catalogues import en as en
from withdraw_guard.catalogues import es as es
from withdraw_guard.catalogues import ja as ja
from withdraw_guard.catalogues import ko as ko
from withdraw_guard.catalogues import nb as nb
from withdraw_guard.catalogues import pt_br as pt_br
from withdraw_guard.catalogues import ru as ru
from withdraw_guard.catalogues import tr as tr
from withdraw_guard.catalogues import zh_hans as zh_hans
