"""What a condition asks, in people's words: a clause for the matrix, where a refusal's words say why it is not so."""

from django.utils.translation import gettext as _

from gradus.policy import tree
from gradus.policy.normal import normalise
from gradus.policy.texts import said
from gradus.policy.words import leaf_text


def stated(node: tree.Node) -> str:
    """“you have claimed it and the amount is not above 100.00”; a name with words of its own is said in those."""
    match node:
        case tree.And(nodes):
            return _(" and ").join(_part(each) for each in nodes)
        case tree.Or(nodes):
            return _(" or ").join(_part(each) for each in nodes)
        case tree.Named():
            return said(node.no if node.negated else node.yes) or stated(normalise(node.node))
        case tree.Not():
            return stated(normalise(node))
        case tree.Truth(value):
            return _("always") if value else _("never")
    opposite = normalise(tree.Not(node))
    return leaf_text(opposite) if not isinstance(opposite, tree.And | tree.Or | tree.Named | tree.Not) else ""


def _part(node: tree.Node) -> str:
    """One of several: in brackets where it is several itself."""
    words = stated(node)
    return f"({words})" if isinstance(_bare(node), tree.And | tree.Or) else words


def _bare(node: tree.Node) -> tree.Node:
    """What is said in place of a name that has no words of its own."""
    while isinstance(node, tree.Named) and not said(node.no if node.negated else node.yes):
        node = node.node
    return node
