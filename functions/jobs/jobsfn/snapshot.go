package jobsfn

import (
	"context"
	"encoding/json"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// snapshot puts settings in force, and then arms the calendars of the surveys that they
// schedule, and has tickets given out to who can take them now. Coming again does no more,
// and coming late, after a newer version, nothing.
func (h *Handler) snapshot(ctx context.Context, doc []byte) error {
	var s config.Settings
	for {
		put, err := h.addressed(doc)
		if err != nil {
			return err
		}
		stands, err := config.PutSnapshot(ctx, h.Blob, put)
		if err != nil || !stands {
			return err
		}
		if err := json.Unmarshal(doc, &s); err != nil {
			return desk.Errorf(desk.Unreadable, "not settings")
		}
		// A newer version's job may have read what stood before, and have put its own before
		// this one did: whoever puts looks whether it is the newest.
		newest, version, err := h.Store.Settings(ctx)
		if err != nil {
			return err
		}
		if version <= s.Version {
			break
		}
		doc, s = newest, config.Settings{}
	}
	if err := ticketing.ArmWaves(ctx, h.Store, &s, h.Now().UTC()); err != nil {
		return err
	}
	return h.fillAll(ctx, doc)
}

// addressed is a settings document with the stack's own address, where it names none: so
// each function has it from the settings, and none must be told by the stack.
func (h *Handler) addressed(doc []byte) ([]byte, error) {
	if h.PublicURL == "" {
		return doc, nil
	}
	var s config.Settings
	if err := json.Unmarshal(doc, &s); err != nil {
		return nil, desk.Errorf(desk.Unreadable, "not settings")
	}
	if s.Desk.PublicURL != "" {
		return doc, nil
	}
	s.Desk.PublicURL = h.PublicURL
	return json.Marshal(s)
}
