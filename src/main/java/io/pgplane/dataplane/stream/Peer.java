package io.pgplane.dataplane.stream;

import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.Failures;

/** Who is at the other end of a stream, and so what its loss means. */
public enum Peer {
  CLIENT {
    @Override
    Failure lost(String how) {
      return Failure.silent(FailureKind.DISCONNECT, "client " + how);
    }
  },
  SERVER {
    @Override
    Failure lost(String how) {
      return Failures.unreachable("server " + how);
    }
  };

  abstract Failure lost(String how);
}
