package consolefn

import "github.com/deskhook/deskhook/shared/policy/allow"

// operations are the pages of those who run the desk.
var operations = map[string]func(*visit) error{
	"GET /console/settings":                                   (*visit).settings,
	"POST /console/settings":                                  (*visit).putSettings,
	"GET /console/settings/check":                             (*visit).settingsAgain,
	"POST /console/settings/check":                            (*visit).checkSettings,
	"GET /console/settings/versions":                          (*visit).settingsVersions,
	"GET /console/settings/versions/{version}":                (*visit).settingsVersion,
	"POST /console/settings/versions/{version}/restore":       (*visit).restoreSettings,
	"GET /console/dead-letters":                               (*visit).deadLetters,
	"POST /console/dead-letters/{queue}/redrive":              (*visit).redriveQueue,
	"GET /console/dead-letters/{queue}/letters/{id}":          (*visit).deadLetter,
	"POST /console/dead-letters/{queue}/letters/{id}/redrive": (*visit).redriveDead,
	"POST /console/dead-letters/{queue}/letters/{id}/drop":    (*visit).dropDead,
}

// MayOperate says whether the agent may see dead letters and settings.
func (f frame) MayOperate() bool { return f.visit.mayRead(allow.Operations, "") }

// operates lets admins pass.
func (v *visit) operates() error {
	if !v.mayRead(allow.Operations, "") {
		return errNotYours
	}
	return nil
}
