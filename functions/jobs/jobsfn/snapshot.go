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
		stands, err := config.PutSnapshot(ctx, h.Blob, doc)
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
