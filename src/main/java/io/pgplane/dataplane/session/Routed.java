package io.pgplane.dataplane.session;

import io.pgplane.dataplane.auth.Identity;
import io.pgplane.dataplane.route.Choice;

/** A client that is known, and where it is to go. */
record Routed(Identity identity, Choice choice) {}
