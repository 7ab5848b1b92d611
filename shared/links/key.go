package links

import (
	"fmt"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/sign"
)

// Key is the key of the desk's links: the secret config.LinkKey, and its previous value
// while it is rotated. The error names the secret and never holds it.
func Key(secrets config.Lookup) (sign.Key, error) {
	values, err := secrets.Values(config.LinkKey)
	if err != nil {
		return sign.Key{}, err
	}
	key, ok := sign.NewKey(values...)
	if !ok {
		return sign.Key{}, fmt.Errorf("secret %s: too short, at least 16 bytes", config.LinkKey)
	}
	return key, nil
}
