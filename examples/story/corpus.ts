/**
 * The whole library of the story's language model: a few harbour sayings, written for it.
 *
 * Small on purpose, so that a training run of seconds shows its effect. It teaches nothing else.
 */
export const corpus = `
The harbour does not build the ships and the ships do not own the harbour. A captain who needs room
asks every quay for its price, and ties up where the water is deep, the price is fair and the rules
of the port allow it.

Capacity is a harbour. In the morning there is room for all, and at noon there is room for none.
Who waits for the perfect berth sleeps at sea. Who pays for every berth has no money for the voyage.

A chip is a small harbour for numbers. Numbers come in, numbers go out, and while they rest they
change. A chip that waits for numbers is a quay without ships: it costs the same and earns nothing.

Many chips make a fleet. The fleet sails as one ship or it does not sail. When one ship turns back,
the others wait, and the captain counts the hours. So the captain writes the log at every watch, and
the next fleet starts from the last page and not from the first.

There are two pens and one log. The old captain may still write after the new captain has sailed.
So every page carries a number, and the log takes no page with a smaller number than the last.

One harbour says: buy from me alone and the price is low. Another harbour says: I have room today.
A third harbour belongs to a rival, and its water is as wet as any other. Read the contract before
the tide, for the tide does not read the contract.

When the lighthouse goes dark the ships sail on. They know their course, they keep their watch, and
they do not turn around because nobody is looking. When the light is back they say where they are.

Ask once and write down that you asked. If no answer comes, do not ask again: look at the quay and
see if your ship is there. Two berths for one ship is one berth too many, and both send a bill.

Give back what you do not use. A rope that is not tied holds no ship, but it is on the bill all the
same. Count every hour, count every coin, and compare the sum with the letter of the harbour.

The price of a berth is not the price of a voyage. A slow quay with a low price keeps the ship for
a week. A fast quay with a high price lets the ship go in a day. Count the voyage, not the berth.

The spot quay is cheap because the owner may want it back. Sleep there with one eye open, keep the
log close, and be ready to leave before the bell has rung twice.

Some chips speak one tongue and some chips speak another. The cargo is the same. A good captain
loads the ship so that it can land at any quay, and then every harbour is a harbour.

At night the harbour is quiet, and still the lamps are lit, for somebody may ask. A question comes
from the sea, and a voice from the quay must answer. If one voice is hoarse, another voice speaks,
and the ship never knows.
`
