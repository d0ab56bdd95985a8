"""A small shop, whose background work runs on Cloud Tasks through django-google-cloud-tasks."""
