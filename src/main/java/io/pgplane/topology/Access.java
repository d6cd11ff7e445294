package io.pgplane.topology;

/** What the access rules say to a login. */
public enum Access {
  ALLOWED,
  /** A rule keeps it out. */
  DENIED,
  /** A rule would let it in over TLS. */
  NEEDS_TLS,
  /** A rule would let it in with a client certificate. */
  NEEDS_CERTIFICATE,
  /** No rule is for it. */
  UNMATCHED
}
