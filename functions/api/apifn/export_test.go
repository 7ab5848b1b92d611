package apifn

import "slices"

// Routes lists the operations served, sorted.
func Routes() []string {
	var out []string
	for _, r := range (&api{}).routes() {
		out = append(out, r.method+" "+r.path)
	}
	slices.Sort(out)
	return out
}
