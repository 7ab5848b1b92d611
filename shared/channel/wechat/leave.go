package wechat

import (
	"encoding/json"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

// ParseOf reads as Parse does, for an account of these settings (its entry in desk.yaml;
// none where it is gone): who leaves is marked to be erased, unless on_unsubscribe is keep,
// and who comes or writes to be looked up, where unionid is on.
func ParseOf(own json.RawMessage, e channel.Envelope) ([]desk.Inbound, error) {
	ins, err := Parse(e)
	var s settings
	if len(own) > 0 && json.Unmarshal(own, &s) != nil {
		s.OnUnsubscribe = "" // the default; that the settings are wrong is told elsewhere
	}
	for i := range ins {
		leaves := ins[i].Kind == desk.InEvent && ins[i].Type == "unsubscribe"
		ins[i].Erase = leaves && s.OnUnsubscribe != "keep"
		ins[i].LookUp = !leaves && s.UnionID
	}
	return ins, err
}
