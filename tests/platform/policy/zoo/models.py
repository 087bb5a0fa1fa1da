"""Models with every kind of field and every kind of gap a rule can meet. Only tests know them."""

from django.conf import settings
from django.db import models


class Owner(models.Model):
    name = models.CharField(max_length=40, null=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    ceiling = models.IntegerField(null=True)
    opened = models.DateTimeField(null=True)
    moved_in = models.DateField(null=True)
    fee = models.DecimalField(max_digits=8, decimal_places=3, null=True)
    rest = models.DurationField(null=True)
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="branches")


class Animal(models.Model):
    state = models.CharField(max_length=20, default="")
    kind = models.CharField(max_length=20, default="")
    answers = models.JSONField(default=dict, null=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    keeper = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    owner = models.ForeignKey(Owner, models.CASCADE, null=True, related_name="animals")
    amount = models.IntegerField(null=True)
    size = models.IntegerField(default=0)
    price = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    word = models.CharField(max_length=20, null=True)
    tame = models.BooleanField(null=True)
    born = models.DateTimeField(null=True)
    seen = models.DateTimeField()
    due = models.DateField(null=True)
    chipped = models.DateField(null=True)
    weight = models.FloatField(null=True)
    nap = models.DurationField(null=True)
    friends = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")


class Passport(models.Model):
    """The other end of a reverse one-to-one that may be missing, with columns that may be NULL."""

    animal = models.OneToOneField(Animal, models.CASCADE, related_name="passport")
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    level = models.IntegerField(null=True)
    issued = models.DateTimeField(null=True)


class Visit(models.Model):
    """Many for one animal, some by nobody."""

    animal = models.ForeignKey(Animal, models.CASCADE, related_name="visits")
    visitor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    note = models.CharField(max_length=20, null=True)
    lasted = models.DurationField(null=True)
