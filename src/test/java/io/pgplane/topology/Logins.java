package io.pgplane.topology;

import io.pgplane.topology.LoginFacts.Encryption;

/** Logins to hold against routes and rules. */
final class Logins {
  private Logins() {}

  static LoginFacts login(String database, String user) {
    return login(database, user, "", "");
  }

  static LoginFacts login(String database, String user, String sni, String applicationName) {
    return new LoginFacts(
        database,
        user,
        sni,
        applicationName,
        "main",
        Cidr.address("10.1.2.3"),
        Encryption.NONE,
        false);
  }

  static Match match(String database, String user) {
    return new Match(NamePattern.parse(database), NamePattern.parse(user), NamePattern.ANY);
  }
}
