{{/* What the services are: services.yaml, parsed. */}}
{{- define "muster.facts" -}}
{{- .Files.Get "services.yaml" -}}
{{- end -}}

{{/* A service's values over the defaults. Takes (list $ name). */}}
{{- define "muster.service" -}}
{{- $root := index . 0 -}}
{{- mergeOverwrite (deepCopy $root.Values.defaults) (deepCopy (index $root.Values.services (index . 1))) | toYaml -}}
{{- end -}}

{{/* The names of the services that this release runs, as a JSON list. */}}
{{- define "muster.enabled" -}}
{{- $names := list -}}
{{- range $name, $_ := .Values.services -}}
{{- if .enabled }}{{ $names = append $names $name }}{{ end -}}
{{- end -}}
{{- toJson $names -}}
{{- end -}}

{{- define "muster.name" -}}
{{- printf "%s-%s" (index . 0).Release.Name (index . 1) | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* What a selector may hold: never changes. Takes (list $ name). */}}
{{- define "muster.selector" -}}
app.kubernetes.io/name: muster
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "muster.labels" -}}
{{ include "muster.selector" . }}
app.kubernetes.io/part-of: muster
app.kubernetes.io/version: {{ (index . 0).Values.image.tag | default (index . 0).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
helm.sh/chart: {{ printf "%s-%s" (index . 0).Chart.Name (index . 0).Chart.Version }}
{{- end -}}

{{/* Takes (list $ service). */}}
{{- define "muster.image" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- with index $root.Values.image.digests $name -}}
{{ printf "%s/%s@%s" $root.Values.image.repository $name . }}
{{- else -}}
{{ printf "%s/%s:%s" $root.Values.image.repository $name ($root.Values.image.tag | default $root.Chart.AppVersion) }}
{{- end -}}
{{- end -}}

{{/* Where a service's gRPC is: here, or at the address it has elsewhere. Takes (list $ service). */}}
{{- define "muster.grpc" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $service := index $root.Values.services $name -}}
{{- if $service.enabled -}}
{{ printf "%s-grpc:50051" (include "muster.name" (list $root $name)) }}
{{- else -}}
{{ $service.address }}
{{- end -}}
{{- end -}}

{{/* The port of an address that may lack one. Takes (list address default). */}}
{{- define "muster.port" -}}
{{- regexFind ":[0-9]+(/|$)" (index . 0) | trimAll ":/" | default (index . 1) -}}
{{- end -}}

{{/* The port of a web address. */}}
{{- define "muster.webPort" -}}
{{- include "muster.port" (list . (ternary 80 443 (hasPrefix "http://" .))) -}}
{{- end -}}
