-- How a device stands is decided by what of it does not pass, which of most devices is nothing: looked for by this index, and
-- not among all that was ever judged of a device.
create index verdicts_bad_of_device on verdicts (tenant, device_id) include (rank, policy_id) where rank < 3;
