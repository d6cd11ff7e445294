package io.pgplane.dataplane.session;

import io.pgplane.dataplane.startup.Opened;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.dataplane.tls.ClientTls;
import io.pgplane.protocol.wire.StartupMessage;
import io.pgplane.topology.Cidr;
import io.pgplane.topology.LoginFacts;
import io.pgplane.topology.LoginFacts.Encryption;

/** What routes and rules may know of a client. */
final class ClientFacts {
  private ClientFacts() {}

  static LoginFacts of(PgStream client, String listener, Opened.Login login) {
    StartupMessage startup = login.startup();
    ClientTls tls = login.tls();
    return new LoginFacts(
        startup.database().text(),
        startup.user().text(),
        tls.serverName().orElse(""),
        startup.applicationName().text(),
        listener,
        Cidr.address(client.remoteAddress().hostAddress()),
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
