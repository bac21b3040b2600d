DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "hr",
        "USER": "hrapp",
        "PASSWORD": "Ofen-Rohr9",
        "HOST": "db1.intern",
    }
}
EMAIL_HOST_USER = "noreply"
EMAIL_HOST_PASSWORD = os.environ["EMAIL_HOST_PASSWORD"]
