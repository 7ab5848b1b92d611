package local_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// One person on two Official Accounts of one open platform is one customer by themselves:
// the push tells nothing, user/info tells the unionid. It can be undone. An account that
// is bound to no open platform changes nothing.
func TestOnePersonOnTwoOfficialAccounts(t *testing.T) {
	t.Parallel()
	shop := desk.Address{Channel: desk.WeChat, Account: "shop", ID: "oShopAnn"}
	l := beginIn(t, map[string]string{
		"DESKHOOK_SECRET_WECHAT_SHOP_TOKEN": "shop-token", "DESKHOOK_SECRET_WECHAT_SHOP_APP_SECRET": "shop-secret",
		"DESKHOOK_SECRET_WECHAT_SHOP_ENCODING_AES_KEY": "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
	}, func(s *config.Settings) {
		s.Accounts = append(s.Accounts, config.Account{Channel: desk.WeChat, Name: "shop", Team: "support",
			Settings: json.RawMessage(`{"app_id":"wxshop","unionid":true}`)})
	})
	w, err := l.WeChat(l.base)
	require.NoError(t, err)
	l.Standin.Union("wxshop", "oShopAnn", "u-ann")
	l.Standin.Union(w.AppID, "oAnn", "u-ann")
	l.Standin.Union(w.AppID, "oNobody", "")
	req, err := w.Text("oAnn", "1", "你好", l.clock.Now())
	call(t, req, err)
	first := l.find(t, "oAnn", 1)
	ann := desk.Address{Channel: desk.WeChat, Account: "main", ID: "oAnn"}
	soon(t, func() bool { return l.identity(t, ann).Proven })

	w2 := w
	w2.Account, w2.AppID, w2.Token, w2.AESKey, w2.OriginalID = "shop", "wxshop", "shop-token", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "gh_shop"
	req, err = w2.Event("oShopAnn", "subscribe", "", l.clock.Now())
	call(t, req, err)
	soon(t, func() bool { return l.identity(t, shop).Proven })
	c, err := l.Store.Customer(t.Context(), l.identity(t, shop).Customer)
	require.NoError(t, err)
	require.Equal(t, first.Customer, c.Value.ID)
	require.ElementsMatch(t, []desk.Address{ann, shop}, c.Value.Addresses)
	act := ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "amy"}, At: l.clock.Now().UTC()}
	require.NoError(t, l.agent.UnmergeCustomers(t.Context(), act, c.Value.Merges[0].From, c.Value.ID))
	c, err = l.Store.Customer(t.Context(), first.Customer)
	require.NoError(t, err)
	require.Equal(t, []desk.Address{ann}, c.Value.Addresses)

	req, err = w.Text("oNobody", "2", "你好", l.clock.Now())
	call(t, req, err)
	nobody := desk.Address{Channel: desk.WeChat, Account: "main", ID: "oNobody"}
	soon(t, func() bool { return !l.identity(t, nobody).Looked.IsZero() })
	require.False(t, l.identity(t, nobody).Proven)
}
