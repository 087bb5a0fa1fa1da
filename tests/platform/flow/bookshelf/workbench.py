from gradus.flow.workbench import Workbench, register
from tests.platform.flow.bookshelf.models import Borrowing


@register
class BorrowingWorkbench(Workbench):
    model = Borrowing
    columns = ("title", "reader")
    search = ("title", "reader__display_name")
