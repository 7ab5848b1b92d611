package export

import (
	"context"
	"time"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
)

// asker is who asked for an export, with the rights they had then.
func asker(e desk.Export) allow.Principal {
	return allow.Principal{Actor: e.By, Role: allow.Role(e.Role), Teams: e.Teams}
}

// Masked says whether an export that is made now shows no contacts.
func Masked(s *config.Settings, e desk.Export) bool { return asker(e).Masked(s.Access.MaskContacts) }

// Link signs a link to the file of an export that is done, good for life. A file holds what
// its asker might see when it was made: who may see less by now gets a Conflict, and asks
// for a new one.
func Link(ctx context.Context, files blob.Store, s *config.Settings, who allow.Principal, e desk.Export, life time.Duration) (string, error) {
	if !within(s, who, e) {
		return "", desk.Errorf(desk.Conflict, "this file shows more than you may see by now: ask for a new one")
	}
	return files.SignGet(ctx, e.Blob, life, blob.Options{ContentType: "text/csv; charset=utf-8", FileName: FileName(e, s)})
}

func within(s *config.Settings, who allow.Principal, e desk.Export) bool {
	if who.Masked(s.Access.MaskContacts) && !e.Masked {
		return false
	}
	switch {
	case e.Team != "":
		return who.Team(e.Team)
	case asker(e).Everywhere():
		return who.Everywhere()
	}
	for _, team := range e.Teams {
		if !who.Team(team) {
			return false
		}
	}
	return true
}
