-- When the first attempt failed after the last success, or after a person last wrote the webhook.
alter table webhooks add column failing_since timestamptz;
