package consolefn

import (
	"net/url"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// filterURL is the page that a filter shows.
func filterURL(f desk.Filter) string {
	if f.Q == "" {
		return listURL("/console", f.View, f.Team, f.Order == "oldest")
	}
	q := url.Values{"q": {f.Q}}
	for name, value := range map[string]string{"from": f.From, "to": f.To} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return "/console/search?" + q.Encode()
}

// asked is the filter that a page's address, or a form, is.
func asked(q url.Values) desk.Filter {
	if q.Get("q") != "" {
		return desk.Filter{Q: q.Get("q"), From: q.Get("from"), To: q.Get("to")}
	}
	f := desk.Filter{View: q.Get("view"), Team: q.Get("team"), Order: q.Get("order")}
	if f.View == "" {
		f.View = "open" // as the page without it shows
	}
	return f
}

// Asked is the filter that this page shows.
func (f frame) Asked() desk.Filter { return asked(f.visit.r.URL.Query()) }

// Saved are the agent's filters; they are read where a page shows them: one unit.
func (f frame) Saved() ([]choice, error) {
	row, err := f.visit.Store.Filters(f.visit.r.Context(), f.visit.agent.ID)
	if err != nil {
		return nil, err
	}
	now := f.Asked()
	var out []choice
	for _, x := range row.Value.List {
		c := choice{ID: x.Name, Name: x.Name, URL: f.visit.typedURL(filterURL(x))}
		now.Name = x.Name
		c.Chosen = x == now
		out = append(out, c)
	}
	return out, nil
}

// saveFilter gives the list or search of a form a name.
func (v *visit) saveFilter() error {
	f := asked(v.r.PostForm)
	f.Name = v.r.PostForm.Get("name")
	if err := v.changeFilters(func(all *desk.Filters) error { return all.Save(f) }); err != nil {
		return err
	}
	v.redirect(filterURL(f))
	return nil
}

func (v *visit) removeFilter() error {
	err := v.changeFilters(func(all *desk.Filters) error { all.Remove(v.r.PostForm.Get("name")); return nil })
	if err != nil {
		return err
	}
	v.redirect(filterURL(asked(v.r.PostForm)))
	return nil
}

func (v *visit) changeFilters(change func(*desk.Filters) error) error {
	row, err := v.Store.Filters(v.r.Context(), v.agent.ID)
	if err != nil {
		return err
	}
	if err := change(&row.Value); err != nil {
		return err
	}
	var tx store.Tx
	tx.PutFilters(row)
	return v.Store.Commit(v.r.Context(), &tx)
}
