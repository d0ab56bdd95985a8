"""Settings of the shop. What differs between runs comes from the environment:

SHOP_EMULATOR                  the emulator's base URL
DJANGO_CLOUD_TASKS_ENDPOINT    the base URL of this project's worker (read by the library itself)
DJANGO_CLOUD_TASKS_APP_NAME    the queue's name and the jobs' prefix (read by the library itself)
GCP_PROJECT, GCP_LOCATION      read by gcp-pilot when it is imported; without a location it asks App Engine
"""

import os

import force_rest

force_rest.install(endpoint=os.environ["SHOP_EMULATOR"], project=os.environ["GCP_PROJECT"])

SECRET_KEY = "only for tests on loopback"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "shop.urls"
USE_TZ = True
INSTALLED_APPS = ["django.contrib.contenttypes", "django_cloud_tasks", "shop"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}

# No CsrfViewMiddleware: the library's view is not exempt from it, so that every task would be answered with 403.
MIDDLEWARE = ["django_cloud_tasks.middleware.HeadersContextMiddleware"]

# drf-kit, which the library imports, reads this when it is imported and fails without it.
REST_FRAMEWORK: dict = {}
