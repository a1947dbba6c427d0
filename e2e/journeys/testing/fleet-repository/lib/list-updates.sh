#!/bin/sh
exec softwareupdate --list
