package access

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
)

// jwk is a public key as RFC 7517 and 8037 write it.
type jwk struct {
	Kid string `json:"kid"`
	Kty string `json:"kty"`
	Use string `json:"use"`
	Crv string `json:"crv"`
	N   string `json:"n"`
	E   string `json:"e"`
	X   string `json:"x"`
	Y   string `json:"y"`
}

var errKey = errors.New("access: not a key to check signatures with")

// parseKey reads a key of one of the algorithms taken; others are errors.
func parseKey(raw json.RawMessage) (kid string, key any, err error) {
	var k jwk
	if err := json.Unmarshal(raw, &k); err != nil || k.Use != "" && k.Use != "sig" {
		return "", nil, errKey
	}
	switch {
	case k.Kty == "RSA":
		key, err = k.rsa()
	case k.Kty == "EC" && k.Crv == "P-256":
		key, err = k.ec()
	case k.Kty == "OKP" && k.Crv == "Ed25519":
		key, err = k.ed()
	default:
		err = errKey
	}
	return k.Kid, key, err
}

func decode(s string) []byte {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return nil
	}
	return b
}

func (k jwk) rsa() (any, error) {
	n, e := new(big.Int).SetBytes(decode(k.N)), new(big.Int).SetBytes(decode(k.E))
	if n.BitLen() < 2048 || n.BitLen() > 8192 || e.BitLen() < 2 || e.BitLen() > 31 {
		return nil, errKey
	}
	return &rsa.PublicKey{N: n, E: int(e.Int64())}, nil
}

func (k jwk) ec() (any, error) {
	x, y := decode(k.X), decode(k.Y)
	if len(x) != 32 || len(y) != 32 {
		return nil, errKey
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
	if err != nil {
		return nil, errKey
	}
	return key, nil
}

func (k jwk) ed() (any, error) {
	x := decode(k.X)
	if len(x) != ed25519.PublicKeySize {
		return nil, errKey
	}
	return ed25519.PublicKey(x), nil
}
