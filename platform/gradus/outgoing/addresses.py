"""Where webhooks may go: to the outside, unless GRADUS_WEBHOOKS_INSIDE says otherwise."""

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # an IPv4 address behind a NAT64 gateway


def is_outside(address: str) -> bool:
    """Whether this IP address belongs to the public internet, and so does an IPv4 address inside it."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(each.is_global and not each.is_multicast for each in _meant(found))


def _meant(found: Address) -> list[Address]:
    if isinstance(found, ipaddress.IPv4Address):
        return [found]
    if found.ipv4_mapped:
        return [found.ipv4_mapped]
    if found in TRANSLATED:
        return [ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)]
    inner = [found.sixtofour, *(found.teredo or ())]
    return [found, *(each for each in inner if each is not None)]


def is_allowed(address: str) -> bool:
    return bool(settings.WEBHOOKS_INSIDE) or is_outside(address)


def check(url: str) -> None:
    """Raise ValidationError for an address nothing may be sent to. Names are looked up when something is sent."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.username or parts.password or parts.fragment:
        raise ValidationError(_("Leave out names, passwords and what stands behind #."))
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.WEBHOOKS_INSIDE and _is_loopback(host)):
        raise ValidationError(_("The address begins with https://."))
    if (_is_loopback(host) or _is_ip(host)) and not is_allowed("127.0.0.1" if host == "localhost" else host):
        raise ValidationError(_("This address is inside our own network, where nothing is sent."))


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_ip(host) and ipaddress.ip_address(host).is_loopback)
