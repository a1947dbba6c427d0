-- Apple's devices that are no Macs are found by their UDID, whatever they are called meanwhile.
update devices set uuid_key = lower(hardware_uuid)
where uuid_key is null and lower(hardware_uuid) ~ '^([0-9a-f]{8}-[0-9a-f]{16}|[0-9a-f]{40})$';
