-- One program of a Mac is named by osquery and by Apple's protocol: both are found by the bundle.
create index software_bundles on software (tenant, vendor, version) where source in ('app', 'apple_app') and vendor <> '';
