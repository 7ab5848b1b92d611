package config

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
)

// Errors of secrets, found with errors.Is. Their texts name the secret and never hold
// its value.
var (
	ErrNoSecret    = errors.New("config: secret is not set")
	ErrLocalSecret = errors.New("config: secret is the local default, which everybody knows")
)

// Lookup finds a secret by name, such as wechat/main/token or desk/link-key. It is
// false where there is none; an error is the store's own, and may pass.
type Lookup func(name string) (value string, ok bool, err error)

// Names of the desk's own secrets.
const (
	LinkKey = "desk/link-key" // signs links to customers: surveys, status pages, reply addresses
)

// SecretName names a secret of a channel's account: channel/account/field.
func SecretName(c desk.Channel, account, field string) string {
	return string(c) + "/" + account + "/" + field
}

// Previous names the value that a secret had before, valid while it is rotated.
func Previous(name string) string { return name + "/previous" }

// Values gives the values valid now, the current one first and the previous one while
// there is one. No current value is ErrNoSecret: a previous one alone would be a
// rotation that nobody finished.
func (l Lookup) Values(name string) ([]string, error) {
	current, ok, err := l(name)
	if err != nil {
		return nil, fmt.Errorf("secret %s: %w", name, err)
	}
	if !ok || current == "" {
		return nil, fmt.Errorf("secret %s: %w", name, ErrNoSecret)
	}
	previous, ok, err := l(Previous(name))
	if err != nil {
		return nil, fmt.Errorf("secret %s: %w", Previous(name), err)
	}
	if !ok || previous == "" || previous == current {
		return []string{current}, nil
	}
	return []string{current, previous}, nil
}

// Account gives the secrets of one account by field, as channel.Account.Secret wants.
func (l Lookup) Account(c desk.Channel, account string) func(field string) ([]string, error) {
	return func(field string) ([]string, error) { return l.Values(SecretName(c, account, field)) }
}

// Or asks next for what l doesn't have.
func (l Lookup) Or(next Lookup) Lookup {
	return func(name string) (string, bool, error) {
		if v, ok, err := l(name); ok || err != nil {
			return v, ok, err
		}
		return next(name)
	}
}

// EnvName is the environment variable of a secret: wechat/main/token is in
// DESKHOOK_SECRET_WECHAT_MAIN_TOKEN, its previous value in …_PREVIOUS.
func EnvName(name string) string {
	return "DESKHOOK_SECRET_" + strings.NewReplacer("/", "_", "-", "_", ".", "_").Replace(strings.ToUpper(name))
}

// FromEnv finds secrets in the environment. An empty variable is no secret.
func FromEnv(getenv func(string) string) Lookup {
	return func(name string) (string, bool, error) {
		v := getenv(EnvName(name))
		return v, v != "", nil
	}
}

// localDefaults by channel and field: an account's name doesn't matter.
var localDefaults = map[string]string{
	"wechat/token":            "local-wechat-token",
	"wechat/encoding_aes_key": "bG9jYWwtd2VjaGF0LWFlcy1rZXktMzItYnl0ZXMtISE", // 43 characters: "local-wechat-aes-key-32-bytes-!!" without the =
	"wechat/app_secret":       "local-wechat-app-secret",
	"sms/auth_token":          "local-sms-auth-token",
	"generic/secret":          "whsec_bG9jYWwtZ2VuZXJpYy1zZWNyZXQtMzItYnl0ZXMtb2s=", // "local-generic-secret-32-bytes-ok"
	"webhook/secret":          "whsec_bG9jYWwtd2ViaG9vay1zZWNyZXQtMzItYnl0ZXMtb2s=", // "local-webhook-secret-32-bytes-ok"
	"desk/link-key":           "local-desk-link-key-32-bytes-long",
}

// LocalDefaults finds the secrets with which `make run` works out of the box on one
// machine:
//
//	wechat/<account>/token       local-wechat-token
//	wechat/<account>/encoding_aes_key  bG9jYWwtd2VjaGF0LWFlcy1rZXktMzItYnl0ZXMtISE
//	wechat/<account>/app_secret  local-wechat-app-secret
//	sms/<account>/auth_token     local-sms-auth-token
//	generic/<account>/secret     whsec_bG9jYWwtZ2VuZXJpYy1zZWNyZXQtMzItYnl0ZXMtb2s=
//	webhook/<name>/secret        whsec_bG9jYWwtd2ViaG9vay1zZWNyZXQtMzItYnl0ZXMtb2s=
//	desk/link-key                local-desk-link-key-32-bytes-long
//
// Everybody can read them: a deployed stack wraps its lookup in RefuseLocal.
func LocalDefaults(name string) (string, bool, error) {
	parts := strings.Split(name, "/")
	v, ok := localDefaults[parts[0]+"/"+parts[len(parts)-1]]
	return v, ok, nil
}

// RefuseLocal makes every secret that equals a local default, whichever, an error
// that names the secret.
func RefuseLocal(l Lookup) Lookup {
	return func(name string) (string, bool, error) {
		v, ok, err := l(name)
		for _, known := range localDefaults {
			if ok && subtle.ConstantTimeCompare([]byte(v), []byte(known)) == 1 {
				return "", false, fmt.Errorf("%s: %w", name, ErrLocalSecret)
			}
		}
		return v, ok, err
	}
}
