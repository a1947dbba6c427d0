-- What names a person's own Apple device, or its owner, is not kept, whichever way the device came.
update apple_enrollments set
  claim = claim || '{"deviceName": "", "serialNumber": ""}'::jsonb,
  attested = attested || '{"serialNumber": "", "udid": ""}'::jsonb
where ownership = 'personal';

update apple_channels c set short_name = '', long_name = ''
from devices d where d.tenant = c.tenant and d.id = c.device_id and d.ownership = 'personal';

update devices set apple = apple || jsonb_build_object('users', (
  select coalesce(jsonb_agg(each || '{"shortName": "", "longName": ""}'::jsonb), '[]')
  from jsonb_array_elements(apple->'users') each
)) || case when apple->'attested' is null then '{}'::jsonb
  else jsonb_build_object('attested', apple->'attested' || '{"serialNumber": "", "udid": ""}'::jsonb) end
where ownership = 'personal' and apple is not null;

-- osquery and the agent know their machine by these.
update devices set hardware_serial = '', serial_key = null, hostname = '', host_key = ''
where ownership = 'personal' and apple is not null and generations - 'apple' = '{}'::jsonb;
