package io.pgplane.dataplane.backend;

import io.pgplane.dataplane.stream.MessageRule;
import io.pgplane.failure.Failures;

/**
 * What a server may say before its AuthenticationOk, with libpq's bounds ({@code PQconnectPoll}).
 */
enum ServerRule implements MessageRule {
  INSTANCE;

  private static final int MAX_AUTHENTICATION = 2_000;
  private static final int MAX_ERROR = 30_000;

  @Override
  public void checkType(char type) {
    if (type != 'R' && type != 'E' && type != 'N' && type != 'v') {
      throw Failures.serverLogin(
          "expected an authentication request from the server, got message type " + (int) type);
    }
  }

  @Override
  public void checkLength(char type, int length) {
    int most = type == 'R' || type == 'v' ? MAX_AUTHENTICATION : MAX_ERROR;
    if (length < 4 || length > most) {
      throw Failures.serverLogin(
          "server sent a message of type " + type + " with length " + length);
    }
  }
}
