{{/* A server with one disk begins here; what it runs follows. Takes (list $ component user). */}}
{{- define "backing.server" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ include "backing.name" (list $root $component) }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "backing.labels" (list $root $component) | nindent 4 }}
  annotations:
    # One replica needs no name of its own in the DNS, and the number of the user is the image's.
    kube-score/ignore: statefulset-has-servicename,container-security-context-user-group-id
spec:
  serviceName: {{ include "backing.name" (list $root $component) }}
  replicas: 1
  selector:
    matchLabels:
      {{- include "backing.selector" (list $root $component) | nindent 6 }}
  volumeClaimTemplates:
    - metadata: { name: data }
      spec:
        accessModes: [ReadWriteOnce]
        {{- with (index $root.Values $component).storageClass }}
        storageClassName: {{ . }}
        {{- end }}
        resources: { requests: { storage: {{ (index $root.Values $component).storage }} } }
{{- end -}}

{{/* As the restricted pod security standard asks. Takes the user's number. */}}
{{- define "backing.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ . }}
  runAsGroup: {{ . }}
  fsGroup: {{ . }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "backing.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}
