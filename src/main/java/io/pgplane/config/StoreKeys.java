package io.pgplane.config;

import static io.pgplane.config.Key.optional;
import static io.pgplane.config.Key.or;

import io.pgplane.topology.ServerTls;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** The keys of {@code store}. */
final class StoreKeys {
  private static final int HIGHEST_PORT = 65535;
  private static final String FILE_WORD = "file";
  private static final String POSTGRES_WORD = "postgres";

  private static final Key<String> TYPE =
      or(
          "none",
          "type",
          Scalars.choice(List.of("none", FILE_WORD, POSTGRES_WORD)),
          "`file` is a directory of each member's own, `postgres` a schema `pgplane` in a database"
              + " that all members share. With `none` an acknowledged change lives as long as one"
              + " member does.");
  private static final Key<Path> PATH =
      optional(
          "path",
          Scalars.text("a directory", StoreKeys::path),
          "The directory of `file`, which is made where it is missing. One process at a time,"
              + " whose user owns it; others may not enter.");
  private static final Key<String> HOST =
      optional("host", Scalars.HOST_NAME, "The server of `postgres`.");
  private static final Key<Integer> PORT =
      or("5432", "port", Scalars.number("a port", 1, HIGHEST_PORT), "Its port.");
  private static final Key<String> DATABASE =
      optional(
          "database", Scalars.NAME, "Its database, where the schema is made if it is missing.");
  private static final Key<String> USER =
      optional(
          "user",
          Scalars.NAME,
          "As whom to log in: who owns the schema, or may make it (`CREATE` on the database).");
  private static final Key<String> PASSWORD =
      optional("password", Scalars.PASSWORD, "The password of `user`.");
  private static final Key<ServerTls> TLS =
      optional(
          "tls",
          BackendKeys.SERVER_TLS,
          "TLS towards the server. The driver of the store answers whichever way the server asks for"
              + " the password: on another machine, set `mode` to `verify-ca` or `verify-full`.");

  static final Shape<Store> STORE =
      new Shape<>(List.of(TYPE, PATH, HOST, PORT, DATABASE, USER, PASSWORD, TLS), StoreKeys::store);

  private StoreKeys() {}

  private static Store store(Values values) {
    return switch (values.get(TYPE)) {
      case FILE_WORD -> {
        without(values, POSTGRES_WORD, HOST, DATABASE, USER, PASSWORD, TLS);
        yield new Store.File(needed(values, PATH));
      }
      case POSTGRES_WORD -> {
        without(values, FILE_WORD, PATH);
        yield new Store.Postgres(
            needed(values, HOST),
            values.get(PORT),
            needed(values, DATABASE),
            needed(values, USER),
            values.find(PASSWORD),
            values.find(TLS).orElse(ServerTls.DEFAULTS));
      }
      default -> {
        without(values, FILE_WORD, PATH);
        without(values, POSTGRES_WORD, HOST, DATABASE, USER, PASSWORD, TLS);
        yield new Store.None();
      }
    };
  }

  private static <T> T needed(Values values, Key<T> key) {
    return values
        .find(key)
        .orElseThrow(
            () ->
                Values.refused(
                    key.name(),
                    "missing; type: " + values.get(TYPE) + " needs " + key.type().words()));
  }

  private static void without(Values values, String owner, Key<?>... keys) {
    for (Key<?> key : keys) {
      if (values.find(key).isPresent()) {
        throw Values.refused(
            key.name(), "only with type: " + owner + ", and the type is " + values.get(TYPE));
      }
    }
  }

  private static Path path(String text) {
    try {
      return Path.of(Scalars.notEmpty(text));
    } catch (InvalidPathException e) {
      throw Scalars.refused("no path: " + Found.quoted(text));
    }
  }
}
