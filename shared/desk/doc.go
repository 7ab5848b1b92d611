// Package desk is the domain of deskhook in plain values: tickets, messages,
// customers, surveys, and the words for what happens to them. It knows no storage, no
// channel's protocol and no clock, and imports the standard library only; everything
// else may import it.
//
// Times are UTC. A zero time means "not (yet)". JSON names are short because they are
// stored, and stored bytes are paid for.
package desk
