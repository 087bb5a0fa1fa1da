from gradus.flow.workbench import Workbench, register
from tests.platform.flow.library.models import Loan


@register
class LoanWorkbench(Workbench):
    model = Loan
    columns = ("title", "reader")
    search = ("title", "reader__display_name")
