{{/*
A Job that runs one program to its end. Takes a dict: root, name, service (whose image it is), script, environment and
files (both YAML lists).
*/}}
{{- define "muster.step" -}}
{{- $root := .root -}}
{{- $hook := eq $root.Values.steps.mode "hook" -}}
{{- $spec := include "muster.stepSpec" . -}}
apiVersion: batch/v1
kind: Job
metadata:
  # A plain Job cannot be changed: when what it runs changes, it is another Job.
  name: {{ include "muster.name" (list $root .name) }}{{ if not $hook }}-{{ sha256sum $spec | trunc 8 }}{{ end }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "muster.labels" (list $root "steps") | nindent 4 }}
  annotations:
    {{- if $hook }}
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "0"
    # One that failed stays, so that its log can be read, until the next attempt.
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
    {{- else }}
    argocd.argoproj.io/sync-wave: "-1"
    {{- end }}
spec:
  {{- $spec | nindent 2 }}
{{- end -}}

{{- define "muster.stepSpec" -}}
backoffLimit: 6
activeDeadlineSeconds: 900
template:
  metadata:
    labels:
      {{- include "muster.labels" (list .root "steps") | nindent 6 }}
  spec:
    restartPolicy: Never
    {{- include "muster.podBasics" (list .root (include "muster.name" (list .root "steps"))) | nindent 4 }}
    containers:
      - name: {{ .name }}
        image: {{ include "muster.image" (list .root .service) }}
        imagePullPolicy: {{ .root.Values.image.pullPolicy }}
        args: [{{ .script }}]
        securityContext:
          {{- include "muster.containerSecurity" . | nindent 10 }}
        env:
          {{- .environment | trim | nindent 10 }}
        resources:
          {{- toYaml .root.Values.steps.resources | nindent 10 }}
        volumeMounts:
          {{- include "muster.volumeMounts" .files | nindent 10 }}
    volumes:
      {{- include "muster.volumes" .files | nindent 6 }}
{{- end -}}
