package io.pgplane.dataplane.session;

import io.pgplane.dataplane.startup.Opened;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.dataplane.tls.ClientTls;
import io.pgplane.protocol.wire.StartupMessage;
import io.pgplane.topology.LoginFacts;
import io.pgplane.topology.LoginFacts.Encryption;

/** What routes and rules may know of a client. */
final class ClientFacts {
  /** RFC 1035: what is longer is no host name, and not to be matched at leisure. */
  private static final int MAX_HOST_NAME = 255;

  /** As in pg_hba.conf: PostgreSQL ignores the database then, and so it opens no rule. */
  private static final String REPLICATION = "replication";

  private ClientFacts() {}

  static LoginFacts of(PgStream client, String listener, Opened.Login login) {
    StartupMessage startup = login.startup();
    ClientTls tls = login.tls();
    return new LoginFacts(
        startup.physicalReplication() ? REPLICATION : startup.database().text(),
        startup.user().text(),
        tls.serverName().filter(name -> name.length() <= MAX_HOST_NAME).orElse(""),
        startup.applicationName().text(),
        listener,
        client.remoteIp(),
        encryption(tls),
        startup.replication());
  }

  private static Encryption encryption(ClientTls tls) {
    if (tls.certificate().isPresent()) {
      return Encryption.CERTIFICATE;
    }
    return tls.encrypted() ? Encryption.TLS : Encryption.NONE;
  }
}
