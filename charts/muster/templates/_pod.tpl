{{/* As the restricted pod security standard asks. */}}
{{- define "muster.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "muster.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{/* What all pods have in common. Takes (list $ serviceAccountName). */}}
{{- define "muster.podBasics" -}}
{{- $values := (index . 0).Values -}}
serviceAccountName: {{ index . 1 }}
automountServiceAccountToken: false
# Kubernetes would put an address of each Service into variables that begin like ours.
enableServiceLinks: false
{{- with $values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  {{- include "muster.podSecurity" . | nindent 2 }}
{{- end -}}

{{/* Where a container may write, and the files that it is given, if any. Takes those as YAML. */}}
{{- define "muster.volumeMounts" -}}
- { name: tmp, mountPath: /tmp }
{{- if . }}
- { name: files, mountPath: /etc/muster, readOnly: true }
{{- end }}
{{- end -}}

{{- define "muster.volumes" -}}
- name: tmp
  emptyDir: { sizeLimit: 64Mi }
{{- if . }}
- name: files
  projected:
    defaultMode: 0440
    sources:
      {{- . | trim | nindent 6 }}
{{- end }}
{{- end -}}

{{/* Replicas apart from each other: machines as far as can be, zones too. Takes (list $ name). */}}
{{- define "muster.spread" -}}
{{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
- maxSkew: 1
  topologyKey: {{ $key }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "muster.selector" $ | nindent 6 }}
  # Each release's pods are spread by themselves, or a rolling update would end lopsided.
  matchLabelKeys: [pod-template-hash]
{{- end }}
{{- end -}}
