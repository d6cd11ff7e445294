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
import java.util.stream.Stream;

/**
 * The TLS contexts of a member, through all reloads. Equal parameters and files with equal content
 * share one context, as long as a configuration or a session uses it: then the garbage collector
 * frees it.
 *
 * <p>The methods block, and are called by one thread at a time.
 */
public final class TlsContexts {
  /** By the digest of all that they are made of, so that no password of a key is kept here. */
  private final Map<String, WeakReference<Object>> loaded = new HashMap<>();

  /** Of the contents of files, as they were read last. */
  private final Map<Path, String> digests = new HashMap<>();

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
        Stream.concat(Stream.of(tls), tls.certificates().stream().map(CertificateFiles::password)),
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
        Stream.of(tls, files, files.flatMap(CertificateFiles::password)),
        Stream.of(
                tls.files(),
                files.stream().flatMap(own -> own.paths().stream()),
                ServerTlsContext.filesOfTheSystem(tls))
            .flatMap(paths -> paths),
        () -> ServerTlsContext.load(tls, login));
  }

  private <T> T get(Class<T> type, Stream<?> parameters, Stream<Path> files, Loading<T> loading)
      throws TlsMaterialException {
    String key =
        digest(
            Stream.concat(
                    Stream.concat(Stream.of(type), parameters).map(Object::toString),
                    files.distinct().flatMap(file -> Stream.of(file.toString(), digest(file))))
                .toList());
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

  /** Of texts, each with its length: no two lists have one digest. */
  private static String digest(List<String> texts) {
    StringBuilder all = new StringBuilder();
    texts.forEach(text -> all.append(text.length()).append(' ').append(text));
    return digest(all.toString().getBytes(UTF_8));
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
