#!/bin/sh
# Told to whoever sits at the machine; the disk of a running system is not encrypted unattended.
wall "This machine's disk is not encrypted. Please ask the helpdesk for a reinstallation."
