"""The shop's URLs: nothing but the endpoint that Cloud Tasks calls."""

from django.urls import include, path

urlpatterns = [path("work/", include("django_cloud_tasks.urls"))]
