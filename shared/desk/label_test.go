package desk_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// A WeChat customer without a name is called the same each time, in either language, and
// not by their OpenID; two accounts' customers are different people.
func TestLabel(t *testing.T) {
	a := desk.Address{Channel: desk.WeChat, Account: "main", ID: "o6_bmjrPTlm6_2sgVt7hMZOPfL2M"}
	zh, en := a.Label("zh-CN"), a.Label("en")
	require.Regexp(t, regexp.MustCompile(`^微信用户 [0-9A-HJKMNP-TV-Z]{4}$`), zh)
	require.Equal(t, "WeChat user "+zh[len(zh)-4:], en)
	require.Equal(t, zh, a.Label("zh-Hans"))
	b := a
	b.Account = "second"
	require.NotEqual(t, en, b.Label("en"))
	require.Equal(t, "a@x.test", desk.Address{Channel: desk.Email, ID: "a@x.test"}.Label("en"))

	seen := map[string]bool{}
	for i := range 1000 {
		seen[desk.Address{Channel: desk.WeChat, ID: fmt.Sprint("o", i)}.Label("en")] = true
	}
	require.Greater(t, len(seen), 990)
}

// What agents call somebody goes before the name they gave, and any name before a label.
func TestCalled(t *testing.T) {
	wx := desk.Address{Channel: desk.WeChat, Account: "main", ID: "o1"}
	require.Equal(t, "Mei", desk.Ticket{Name: "Mei", From: wx}.Called("en"))
	require.Equal(t, wx.Label("en"), desk.Ticket{From: wx}.Called("en"))
	require.Equal(t, "王女士", desk.Customer{Name: "Mei", Remark: "王女士"}.Called("en"))
	require.Equal(t, wx.Label("zh-CN"), desk.Customer{Addresses: []desk.Address{{Channel: desk.SMS, ID: "+1"}, wx}}.Called("zh-CN"))
	require.Empty(t, desk.Customer{}.Called("en"))
	require.Empty(t, desk.Customer{}.Shown("en"))
	sms := desk.Customer{Addresses: []desk.Address{{Channel: desk.SMS, ID: "+1"}}}
	require.Equal(t, "+1", sms.Shown("en"), "who told no name is named as their tickets are")
	sms.Name = "Mei"
	require.Equal(t, "Mei", sms.Shown("en"))
	require.Equal(t, "王女士", desk.Identity{Name: "Mei", Remark: "王女士"}.Called())
}
