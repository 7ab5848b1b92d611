package local_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/standin"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/notify"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// Over the whole desk: who gets a ticket is told in the console and by mail, and the
// customer's answer after it reaches them and their group; who did it is told nothing.
func TestLifeOfNotices(t *testing.T) {
	t.Parallel()
	l := beginIn(t, map[string]string{
		"DESKHOOK_SECRET_ROBOT_OPS_URL": "https://oapi.dingtalk.com/robot/send?access_token=g1", "DESKHOOK_SECRET_ROBOT_OPS_SECRET": "SECx",
	}, func(s *config.Settings) {
		for i := range s.Agents {
			s.Agents[i].Notify.Mail = []notify.Kind{notify.Assigned}
		}
		s.Notify.Robots = []config.Robot{{Name: "ops", Kind: config.DingTalk, Kinds: []notify.Kind{notify.Reply}}}
	})
	tw, err := l.Twilio(l.base)
	require.NoError(t, err)
	say := func(sid, text string) {
		req, err := tw.Message("+14155550778", sid, text)
		ask(t, http.StatusOK, req, err)
	}
	say("SM00000000000000000000000000000778", "hello")
	id, amy := l.find(t, "+14155550778", 1).ID, "amy"
	require.NoError(t, l.agent.Assign(t.Context(), ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "li"}, At: l.clock.Now().UTC()}, id, amy))
	l.later(t, time.Minute, func() bool { return len(l.notices(t, amy)) == 1 })
	say("SM00000000000000000000000000000779", "are you there?")
	l.later(t, time.Minute, func() bool { return len(l.notices(t, amy)) == 2 })
	require.Equal(t, "notice.reply", l.notices(t, amy)[0].What.Code)
	require.Empty(t, l.notices(t, "li"))

	l.later(t, time.Minute, func() bool {
		return len(l.Standin.List(standin.Filter{Channel: standin.GroupRobot})) == 1 && len(l.Standin.List(standin.Filter{Channel: desk.Email, Customer: "amy@desk.example"})) == 1
	})
	said := l.Standin.List(standin.Filter{Channel: standin.GroupRobot})[0]
	require.Contains(t, said.Text, id.Number())
	require.False(t, strings.Contains(said.Text, "are you there"), "a group reads no messages")
}

func (l *life) notices(t *testing.T, agent string) []desk.Notice {
	rows, _, err := l.Store.Notices(t.Context(), agent, "", 10)
	require.NoError(t, err)
	var out []desk.Notice
	for _, r := range rows {
		out = append(out, r.Value)
	}
	return out
}
