import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Owner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, null=True)),
                ("ceiling", models.IntegerField(null=True)),
                ("opened", models.DateTimeField(null=True)),
                ("moved_in", models.DateField(null=True)),
                ("fee", models.DecimalField(decimal_places=3, max_digits=8, null=True)),
                ("rest", models.DurationField(null=True)),
                (
                    "parent",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="branches", to="zoo.owner"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Animal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(default="", max_length=20)),
                ("kind", models.CharField(default="", max_length=20)),
                ("answers", models.JSONField(default=dict, null=True)),
                ("amount", models.IntegerField(null=True)),
                ("size", models.IntegerField(default=0)),
                ("price", models.DecimalField(decimal_places=2, max_digits=8, null=True)),
                ("word", models.CharField(max_length=20, null=True)),
                ("tame", models.BooleanField(null=True)),
                ("born", models.DateTimeField(null=True)),
                ("seen", models.DateTimeField()),
                ("due", models.DateField(null=True)),
                ("chipped", models.DateField(null=True)),
                ("weight", models.FloatField(null=True)),
                ("nap", models.DurationField(null=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("friends", models.ManyToManyField(related_name="+", to=settings.AUTH_USER_MODEL)),
                (
                    "keeper",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="animals", to="zoo.owner"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Passport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.IntegerField(null=True)),
                ("issued", models.DateTimeField(null=True)),
                (
                    "animal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="passport", to="zoo.animal"
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("note", models.CharField(max_length=20, null=True)),
                ("lasted", models.DurationField(null=True)),
                (
                    "animal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="visits", to="zoo.animal"
                    ),
                ),
                (
                    "visitor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
