package io.pgplane.config;

import static io.pgplane.config.Key.or;
import static io.pgplane.config.Key.required;

import io.pgplane.config.ListenerTls.CertificateFiles;
import io.pgplane.config.ListenerTls.Mode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The keys of {@code listeners[]}. */
final class ListenerKeys {
  private static final Key<Path> CHAIN =
      required("chain", PemFile.CERTIFICATES, "The certificate, then those that signed it.");
  private static final Key<Path> KEY =
      required("key", PemFile.KEY, "The certificate's private key, not encrypted.");
  private static final Shape<CertificateFiles> CERTIFICATE =
      new Shape<>(
          List.of(CHAIN, KEY), values -> new CertificateFiles(values.get(CHAIN), values.get(KEY)));

  private static final Key<Mode> MODE =
      or(
          "allow",
          "mode",
          Scalars.choice(Mode.class),
          "`disable` refuses TLS, `allow` gives it to clients that ask, `require` takes no login"
              + " without it.");
  private static final Key<List<CertificateFiles>> CERTIFICATES =
      Key.optional(
          "certificates",
          new ListOf<>(CERTIFICATE, 1),
          "What the listener shows; one certificate, needed unless `mode` is `disable`.");
  private static final Shape<ListenerTls> TLS =
      new Shape<>(List.of(MODE, CERTIFICATES), ListenerKeys::tls);

  private static final Key<String> NAME =
      required("name", Scalars.NAME, "Its name in logs; no other listener may have it.");
  private static final Key<String> HOST =
      or("0.0.0.0", "host", Scalars.HOST_NAME, "The address to listen on.");
  private static final Key<Integer> PORT =
      or(
          "6432",
          "port",
          Scalars.number("a port", 0, 65535),
          "The port to listen on; 0 takes a free one.");
  private static final Key<ListenerTls> LISTENER_TLS =
      Key.optional("tls", TLS, "TLS for clients; without it the listener refuses TLS.");

  static final Shape<Listener> LISTENER =
      new Shape<>(List.of(NAME, HOST, PORT, LISTENER_TLS), ListenerKeys::listener);

  private ListenerKeys() {}

  private static ListenerTls tls(Values values) {
    Mode mode = values.get(MODE);
    List<CertificateFiles> certificates = values.find(CERTIFICATES).orElse(List.of());
    if (certificates.size() > 1) {
      throw Values.refused(
          "certificates[1]", "choosing among several certificates is not supported yet; give one");
    }
    if (mode != Mode.DISABLE && certificates.isEmpty()) {
      throw Values.refused(
          "certificates", "missing; mode " + Scalars.word(mode) + " needs a certificate");
    }
    return new ListenerTls(mode, certificates.stream().findFirst());
  }

  private static Listener listener(Values values) {
    Optional<ListenerTls> tls = values.find(LISTENER_TLS);
    return new Listener(
        values.get(NAME), values.get(HOST), values.get(PORT), tls.orElse(ListenerTls.DISABLED));
  }
}
