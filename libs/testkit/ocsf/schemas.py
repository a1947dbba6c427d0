"""Writes OCSF 1.8.0 as JSON Schemas, one for each class and object under the profiles that Muster uses."""

import json
import sys

from ocsf_json_schema import OcsfJsonSchema, get_ocsf_schema

ocsf = OcsfJsonSchema(get_ocsf_schema(version="1.8.0"))
schemas = []
for profiles in [["host"], ["host", "security_control"]]:
    schemas += [ocsf.get_class_schema(name, profiles) for name in ocsf.schema["classes"]]
    schemas += [ocsf.get_object_schema(name, profiles) for name in ocsf.schema["objects"]]
classes = {
    str(each["uid"]): {
        "name": name,
        "caption": each["caption"],
        "deprecated": "@deprecated" in each,
        "activities": {uid: value["caption"] for uid, value in each["attributes"]["activity_id"]["enum"].items()},
    }
    for name, each in ocsf.schema["classes"].items()
}
json.dump({"classes": classes, "schemas": schemas}, sys.stdout)
