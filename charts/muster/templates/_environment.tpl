{{/* A value as a variable holds it: numbers without exponents, lists with commas. */}}
{{- define "muster.text" -}}
{{- if kindIs "slice" . -}}{{ join "," . }}
{{- else if and (kindIs "float64" .) (eq (floor .) .) -}}{{ int64 . }}
{{- else -}}{{ . }}
{{- end -}}
{{- end -}}

{{- define "muster.fromSecret" -}}
valueFrom: { secretKeyRef: { name: {{ index . 0 }}, key: {{ index . 1 }} } }
{{- end -}}

{{/* The secrets or files of a service that its features let it have, as YAML. Takes (list map features). */}}
{{- define "muster.given" -}}
{{- $features := index . 1 | default dict -}}
{{- $given := dict -}}
{{- range $variable, $source := index . 0 -}}
{{- if or (not $source.feature) (index $features ($source.feature | default "-")) }}{{ $_ := set $given $variable $source }}{{ end -}}
{{- end -}}
{{- toYaml $given -}}
{{- end -}}

{{/* The Postgres part of an address, behind the user's name and password. */}}
{{- define "muster.database" -}}
{{- $p := .Values.postgres -}}
@{{ $p.host }}:{{ $p.port }}/{{ $p.database }}?sslmode={{ $p.sslMode }}{{ with $p.caSecret }}&sslrootcert=/etc/muster/ca.crt{{ end }}
{{- end -}}

{{- define "muster.postgresFiles" }}
{{- with .Values.postgres.caSecret }}
- secret: { name: {{ . }}, items: [{ key: ca.crt, path: ca.crt }] }
{{- end }}
{{- end -}}

{{/* How the bus is reached. Takes (list $ user). */}}
{{- define "muster.bus" -}}
{{- $nats := (index . 0).Values.nats -}}
- { name: MUSTER_NATS_URL, value: {{ $nats.url | quote }} }
- { name: MUSTER_NATS_REPLICAS, value: {{ include "muster.text" $nats.replicas | quote }} }
- { name: MUSTER_NATS_STREAM_MIB, value: {{ include "muster.text" $nats.streamMib | quote }} }
{{- if $nats.credentials }}
- { name: MUSTER_NATS_CREDENTIALS, value: /etc/muster/{{ index . 1 }}.creds }
{{- end }}
{{- end -}}

{{- define "muster.busFiles" }}
{{- $values := (index . 0).Values }}
{{- $key := printf "%s.creds" (index . 1) }}
{{- if $values.nats.credentials }}
- secret: { name: {{ $values.secrets.bus }}, items: [{ key: {{ $key }}, path: {{ $key }} }] }
{{- end }}
{{- end -}}

{{/* What a service shows the others, and whom it believes. Takes (list $ service). */}}
{{- define "muster.grpcFiles" }}
{{- $certificates := (index . 0).Values.serviceCertificates }}
{{- if $certificates.enabled }}
{{- $own := include "muster.name" (list (index . 0) (printf "%s-grpc-tls" (index . 1))) }}
- secret:
    name: {{ $own }}
    items:
      - { key: tls.crt, path: grpc/tls.crt }
      - { key: tls.key, path: grpc/tls.key }
      {{- if not $certificates.caSecret }}
      - { key: ca.crt, path: grpc/ca.crt }
      {{- end }}
{{- with $certificates.caSecret }}
- secret: { name: {{ . }}, items: [{ key: ca.crt, path: grpc/ca.crt }] }
{{- end }}
{{- end }}
{{- end -}}

{{/* The whole configuration of one service. Takes (list $ service). */}}
{{- define "muster.environment" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $values := $root.Values -}}
{{- $facts := index (include "muster.facts" $root | fromYaml) $name -}}
{{- $service := index $values.services $name -}}
- { name: MUSTER_ADMIN_PORT, value: "9090" }
- { name: MUSTER_GRPC_PORT, value: "50051" }
{{- if $facts.door }}
- { name: MUSTER_HTTP_PORT, value: "8080" }
{{- end }}
- { name: MUSTER_LOG_LEVEL, value: {{ $values.logLevel }} }
- { name: MUSTER_OUTBOX_DAYS, value: {{ include "muster.text" $values.outboxDays | quote }} }
{{- with $values.telemetry.endpoint }}
- { name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }} }
- { name: MUSTER_TRACE_RATIO, value: {{ $values.telemetry.traceRatio | quote }} }
{{- end }}
- name: DATABASE_PASSWORD
  {{- include "muster.fromSecret" (list $values.secrets.database (printf "%s-password" $name)) | nindent 2 }}
- name: MUSTER_DATABASE_URL
  value: {{ printf "postgres://muster_%s:$(DATABASE_PASSWORD)%s" $name (include "muster.database" $root) | quote }}
{{ include "muster.bus" (list $root $name) }}
- name: MUSTER_SERVICE_TOKEN
  {{- include "muster.fromSecret" (list $values.secrets.shared "service-token") | nindent 2 }}
{{- if $values.serviceCertificates.enabled }}
- { name: MUSTER_GRPC_CERT, value: /etc/muster/grpc/tls.crt }
- { name: MUSTER_GRPC_KEY, value: /etc/muster/grpc/tls.key }
- { name: MUSTER_GRPC_CA, value: /etc/muster/grpc/ca.crt }
{{- end }}
{{- range $facts.calls }}
- { name: MUSTER_{{ upper . }}_GRPC, value: {{ include "muster.grpc" (list $root .) | quote }} }
{{- end }}
{{- range $variable, $address := $facts.addresses }}
- { name: {{ $variable }}, value: {{ index $values $address | quote }} }
{{- end }}
{{- range $variable, $source := include "muster.given" (list $facts.secrets $service.features) | fromYaml }}
- name: {{ $variable }}
  {{- include "muster.fromSecret" (list (index $values.secrets $source.secret) $source.key) | nindent 2 }}
{{- end }}
{{- range $variable, $source := include "muster.given" (list $facts.files $service.features) | fromYaml }}
- { name: {{ $variable }}, value: /etc/muster/{{ $source.key }} }
{{- end }}
{{- range $setting, $variable := $facts.settings }}
{{- if hasKey $service.settings $setting }}
- { name: {{ $variable }}, value: {{ include "muster.text" (index $service.settings $setting) | quote }} }
{{- end }}
{{- end }}
{{- end -}}

{{/* The files that a service reads, below /etc/muster; empty when there are none. Takes (list $ service). */}}
{{- define "muster.files" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $values := $root.Values -}}
{{- $facts := index (include "muster.facts" $root | fromYaml) $name -}}
{{- $given := include "muster.given" (list $facts.files (index $values.services $name).features) | fromYaml -}}
{{- range $secret := list "enrollment" "command" "notification" }}
{{- $keys := list }}
{{- range $given }}{{ if eq .secret $secret }}{{ $keys = append $keys .key }}{{ end }}{{ end }}
{{- with $keys }}
- secret:
    name: {{ index $values.secrets $secret }}
    items:
      {{- range . }}
      - { key: {{ . }}, path: {{ . }} }
      {{- end }}
{{- end }}
{{- end }}
{{- include "muster.grpcFiles" . }}
{{- include "muster.busFiles" . }}
{{- include "muster.postgresFiles" $root }}
{{- end -}}
