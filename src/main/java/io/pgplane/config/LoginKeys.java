package io.pgplane.config;

import static io.pgplane.config.Key.optional;
import static io.pgplane.config.Key.required;

import io.pgplane.topology.CertificateFiles;
import io.pgplane.topology.ServerLogin;
import java.util.List;
import java.util.Optional;

/** What stands under {@code routes[].login}: a word, or the map of a service user. */
record LoginKeys() implements Type<ServerLogin> {
  private static final String WORDS = "passthrough, trust or a map";

  private static final Key<String> USER =
      required("user", Scalars.NAME, "The service user's name at the server.");
  private static final Key<String> PASSWORD =
      optional("password", Scalars.PASSWORD, "The service user's password.");
  private static final CertificateKeys SHOWN =
      new CertificateKeys(
          optional(
              "certificate",
              CertificatePath.CHAIN,
              "The service user's certificate, instead of a password; `tls.mode` of the backend"
                  + " must be `require` or more."));
  private static final Shape<ServerLogin> SERVICE =
      new Shape<>(SHOWN.after(USER, PASSWORD), LoginKeys::service);
  private static final Type<ServerLogin> WORD = Scalars.text(WORDS, LoginKeys::word);

  @Override
  public String words() {
    return WORDS;
  }

  @Override
  public Optional<Shape<?>> inner() {
    return Optional.of(SERVICE);
  }

  @Override
  public Optional<ServerLogin> read(Node node) {
    return node.isMap() ? SERVICE.read(node) : WORD.read(node);
  }

  private static ServerLogin word(String text) {
    return switch (text) {
      case "passthrough" -> new ServerLogin.Passthrough();
      case "trust" -> new ServerLogin.Trust();
      default -> throw Scalars.unexpected(WORDS, text, List.of("passthrough", "trust"));
    };
  }

  private static ServerLogin service(Values values) {
    String user = values.get(USER);
    Optional<String> password = values.find(PASSWORD);
    Optional<CertificateFiles> shown = SHOWN.find(values);
    if (password.isPresent() && shown.isPresent()) {
      throw Values.refused(PASSWORD.name(), "there is a certificate or key too; give one of both");
    } else if (password.isPresent()) {
      return new ServerLogin.Password(user, password.get());
    }
    return new ServerLogin.Certificate(
        user,
        shown.orElseThrow(
            () -> Values.refused("", "expected a password, or a certificate and its key")));
  }
}
