-- Whether a managed account led the device here: then its requests show that somebody is signed in.
alter table apple_channels add column account_driven boolean not null default false;
