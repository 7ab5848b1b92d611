package apifn

import (
	"fmt"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

type filterView struct {
	Name  string `json:"name"`
	View  string `json:"view"`
	Team  string `json:"team"`
	Order string `json:"order"`
	Q     string `json:"q"`
	From  string `json:"from"`
	To    string `json:"to"`
}

func viewFilter(f desk.Filter) filterView { return filterView(f) }

// listFilters lists those that the caller has saved.
func (a *api) listFilters(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	row, err := a.Store.Filters(c.ctx, c.by.ID)
	if err != nil {
		return err
	}
	c.w.Header().Set("ETag", etag(row.Version))
	return answerAll(c, viewAll(row.Value.List, viewFilter))
}

// putFilters replaces them all. With If-Match they are held to that version.
func (a *api) putFilters(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	var b struct {
		Items []filterView `json:"items"`
	}
	if err := c.body(&b); err != nil {
		return err
	}
	if b.Items == nil {
		return badField("items", "is missing: an empty list removes them all")
	}
	row, err := a.Store.Filters(c.ctx, c.by.ID)
	if err != nil {
		return err
	}
	row.Value.List = nil
	for i, f := range b.Items {
		had := len(row.Value.List)
		if err := row.Value.Save(desk.Filter(f)); err != nil {
			return inField(fmt.Sprintf("items[%d]", i), err)
		}
		if len(row.Value.List) == had {
			return badField(fmt.Sprintf("items[%d].name", i), "stands there twice")
		}
	}
	held, err := a.matching(c, store.FiltersKey(c.by.ID), row.Version, etag)
	if err != nil {
		return err
	}
	var tx store.Tx
	tx.PutFilters(row)
	if err := held.Store.Commit(c.ctx, &tx); err != nil {
		return err
	}
	c.w.Header().Set("ETag", etag(row.Version+1))
	return answerAll(c, viewAll(row.Value.List, viewFilter))
}
