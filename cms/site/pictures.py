"""Renditions for a whole list of images in one query."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from wagtail.images import get_image_model


def with_renditions(*specs: str) -> QuerySet[Any]:
    """Images whose renditions come along: for `Prefetch("cover", with_renditions("fill-640x360"))`."""
    images: QuerySet[Any] = get_image_model().objects.prefetch_renditions(*specs)
    return images


def prefetch(images: Iterable[Any], *specs: str) -> None:
    """Fetch these renditions of images that are loaded already. One that was never made is made when shown."""
    renditions = get_image_model().get_rendition_model().objects.filter(filter_spec__in=specs)
    loaded = [image for image in images if image is not None]
    prefetch_related_objects(loaded, Prefetch("renditions", renditions, to_attr="prefetched_renditions"))
