package apifn

import (
	"net/http"
	"time"
)

// pageView is a page of a list. NextCursor is null at the end.
type pageView[V any] struct {
	Items      []V     `json:"items"`
	NextCursor *string `json:"next_cursor"`
}

// asked is what all lists are asked: which period, where to go on, and how many.
type asked struct {
	params
	period string // a day (2006-01-02) or a month (2006-01); "" where the list has none
	cursor string
	limit  int
}

// list reads the parameters of a list, and its own besides.
func (c *call) list(own ...string) (q asked, err error) {
	if q.params, err = c.params(append(own, "cursor", "limit")...); err != nil {
		return q, err
	}
	q.cursor, q.limit, err = q.page()
	return q, err
}

// daily reads what the lists by day have in common; the day is the current one where none
// is given.
func (c *call) daily(own ...string) (asked, error) { return c.dated("day", time.DateOnly, own) }

// monthly is daily for the lists by month.
func (c *call) monthly(own ...string) (asked, error) { return c.dated("month", "2006-01", own) }

func (c *call) dated(name, layout string, own []string) (asked, error) {
	q, err := c.list(append(own, name)...)
	if err != nil {
		return q, err
	}
	at, err := q.date(name, layout, time.UTC)
	if at.IsZero() {
		at = c.at
	}
	q.period = at.Format(layout)
	return q, err
}

// answerPage answers with what the store gave for a list.
func answerPage[T, V any](c *call, q asked, rows []T, next string, err error, view func(T) V) error {
	if err != nil {
		return refusedCursor(err)
	}
	return c.json(http.StatusOK, pageView[V]{viewAll(rows, view), q.next(next)})
}

// answerAll answers with a list that is never longer than a page.
func answerAll[V any](c *call, items []V) error {
	return c.json(http.StatusOK, pageView[V]{Items: items})
}
