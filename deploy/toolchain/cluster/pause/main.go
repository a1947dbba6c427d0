// Holds a pod's namespaces until it is told to end. A process that is the first of its namespace ignores what it does
// not wait for.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGINT, syscall.SIGTERM)
	<-told
}
