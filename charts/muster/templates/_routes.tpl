{{- define "muster.host" -}}
{{- regexReplaceAll "^https?://([^:/]+).*$" . "${1}" -}}
{{- end -}}

{{/* The installed services that devices knock at, with their paths, as YAML; empty when there are none. */}}
{{- define "muster.deviceDoors" -}}
{{- $doors := dict -}}
{{- $enabled := include "muster.enabled" . | fromJsonArray -}}
{{- range $name, $paths := .Files.Get "device-routes.yaml" | fromYaml -}}
{{- if has $name $enabled }}{{ $_ := set $doors $name $paths }}{{ end -}}
{{- end -}}
{{- if $doors }}{{ toYaml $doors }}{{ end -}}
{{- end -}}
