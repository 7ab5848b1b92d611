package consolefn

import "net/http"

// Pages lists the patterns of the pages behind the sign-in, sorted.
func Pages(h http.Handler) []string { return h.(served).pages }
