package io.pgplane.dataplane.tls;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pgplane.config.ListenerTls;
import io.pgplane.topology.CertificateFiles;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.ServerTls;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The TLS contexts of a member, through all reloads. Equal parameters and files with equal content
 * share one context, as long as a configuration or a session uses it: then the garbage collector
 * frees it.
 *
 * <p>The methods block, and are called by one thread at a time.
 */
public final class TlsContexts {
  private final Map<Key, WeakReference<Object>> loaded = new HashMap<>();

  /** Of the contents of files, as they were read last. */
  private final Map<Path, String> digests = new HashMap<>();

  /** Digests stand for the contents of files and for passwords. */
  private record Key(List<?> parameters, Map<Path, String> files) {}

  private interface Loading<T> {
    T load() throws TlsMaterialException;
  }

  /** Files may have changed: each is read again, once, when it is needed. */
  public void readFilesAgain() {
    digests.clear();
    loaded.values().removeIf(context -> context.refersTo(null));
  }

  /**
   * The certificate that a listener with these parameters shows.
   *
   * @throws TlsMaterialException if a file is not what it should be
   */
  public ListenerTlsContext of(ListenerTls tls) throws TlsMaterialException {
    return get(
        ListenerTlsContext.class,
        List.of(
            tls.mode(),
            tls.certificates().stream().map(TlsContexts::withoutPassword).toList(),
            tls.clientCa(),
            tls.parameters()),
        tls.files(),
        () -> ListenerTlsContext.load(tls));
  }

  /**
   * How servers are met.
   *
   * @param shown the certificate of a route's login, if it has one
   * @throws TlsMaterialException if a file is not what it should be
   */
  public ServerTlsContext of(ServerTls tls, Optional<ServerLogin.Certificate> shown)
      throws TlsMaterialException {
    ServerLogin login = shown.<ServerLogin>map(own -> own).orElseGet(ServerLogin.Trust::new);
    Optional<CertificateFiles> files = shown.map(ServerLogin.Certificate::shown).or(tls::shown);
    return get(
        ServerTlsContext.class,
        List.of(tls.mode(), tls.ca(), files.map(TlsContexts::withoutPassword), tls.ciphers()),
        Stream.of(
                tls.files(),
                files.stream().flatMap(own -> own.paths().stream()),
                ServerTlsContext.filesOfTheSystem(tls))
            .flatMap(paths -> paths),
        () -> ServerTlsContext.load(tls, login));
  }

  private <T> T get(Class<T> type, List<?> parameters, Stream<Path> files, Loading<T> loading)
      throws TlsMaterialException {
    Key key =
        new Key(parameters, files.distinct().collect(Collectors.toMap(file -> file, this::digest)));
    WeakReference<Object> known = loaded.get(key);
    Object there = known == null ? null : known.get();
    if (there != null) {
      return type.cast(there);
    }
    T context = loading.load();
    loaded.put(key, new WeakReference<>(context));
    return context;
  }

  /** Empty for a file that cannot be read: who loads it tells why. */
  private String digest(Path file) {
    return digests.computeIfAbsent(
        file,
        path -> {
          try {
            return digest(Files.readAllBytes(path));
          } catch (IOException e) {
            return "";
          }
        });
  }

  private static List<?> withoutPassword(CertificateFiles files) {
    return List.of(
        files.chain(), files.key(), files.password().map(word -> digest(word.getBytes(UTF_8))));
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
