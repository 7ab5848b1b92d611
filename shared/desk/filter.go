package desk

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Filter is a list of tickets, or a search, that an agent has given a name.
type Filter struct {
	Name string `json:"n"`
	// A list of the console: one of FilterViews, of a team ("" = all), the oldest first
	// where Order is oldest.
	View  string `json:"v,omitempty"`
	Team  string `json:"tm,omitempty"`
	Order string `json:"o,omitempty"`
	// Or a search, among the messages of some days (2006-01-02).
	Q    string `json:"q,omitempty"`
	From string `json:"t0,omitempty"`
	To   string `json:"t1,omitempty"`
}

// Filters are all of an agent's, in their order.
type Filters struct {
	Agent string   `json:"agent"`
	List  []Filter `json:"l,omitempty"`
}

// MaxFilters is how many an agent keeps.
const MaxFilters = 20

// FilterViews are the console's lists.
var FilterViews = []string{"mine", "unassigned", "open", "pending", "overdue", "at_risk", "snoozed", "resolved", "closed", "spam"}

// Check says which field is wrong.
func (f Filter) Check() error {
	switch {
	case strings.TrimSpace(f.Name) == "" || utf8.RuneCountInString(f.Name) > 40 || strings.ContainsAny(f.Name, "\r\n"):
		return FieldError("name", "should be one line of at most 40 characters")
	case (f.View == "") == (f.Q == ""):
		return FieldError("view", "or q is needed, and not both")
	case f.View != "" && !slices.Contains(FilterViews, f.View):
		return FieldError("view", "must be one of %s", strings.Join(FilterViews, ", "))
	case !slices.Contains([]string{"", "newest", "oldest"}, f.Order):
		return FieldError("order", "must be newest or oldest")
	case utf8.RuneCountInString(f.Q) > 200 || !utf8.ValidString(f.Q):
		return FieldError("q", "must be UTF-8 of at most 200 characters")
	case utf8.RuneCountInString(f.Team) > 100:
		return FieldError("team", "is no team")
	case !isDay(f.From):
		return FieldError("from", "must be written like 2006-01-02")
	case !isDay(f.To):
		return FieldError("to", "must be written like 2006-01-02")
	}
	return nil
}

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return s == "" || err == nil
}

// Save puts a filter at the end, or in the place of the one that has its name.
func (f *Filters) Save(x Filter) error {
	x.Name = strings.TrimSpace(x.Name)
	if err := x.Check(); err != nil {
		return err
	}
	if i := slices.IndexFunc(f.List, func(y Filter) bool { return y.Name == x.Name }); i >= 0 {
		f.List = slices.Clone(f.List)
		f.List[i] = x
		return nil
	}
	if len(f.List) >= MaxFilters {
		return FieldError("name", "%d are kept at most: remove one first", MaxFilters)
	}
	f.List = append(slices.Clone(f.List), x)
	return nil
}

// Remove takes the filter of a name away, if there is one.
func (f *Filters) Remove(name string) {
	f.List = slices.DeleteFunc(slices.Clone(f.List), func(x Filter) bool { return x.Name == name })
}
