package io.pgplane.launch;

import io.pgplane.config.CertifiedKey;
import io.pgplane.config.Config;
import io.pgplane.config.Listener;
import io.pgplane.config.Problem;
import io.pgplane.config.UnusableFileException;
import io.pgplane.config.Warning;
import io.pgplane.topology.Backend;
import io.pgplane.topology.CertificateFiles;
import io.pgplane.topology.Route;
import io.pgplane.topology.ServerLogin;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The end of a certificate that a configuration names.
 *
 * @param path where it is named
 * @param use what for, one of few words
 * @param own whether it is shown, with its chain; else it is trusted
 */
record CertificateEnd(String path, String use, boolean own, X509Certificate certificate) {
  private static final Duration SOON = Duration.ofDays(30);

  /** All of them; blocks. Files that cannot be read are skipped: other checks report them. */
  static List<CertificateEnd> of(Config config) {
    Collector all = new Collector();
    List<Listener> listeners = config.listeners();
    for (int i = 0; i < listeners.size(); i++) {
      String path = "listeners[" + i + "].tls.";
      List<CertificateFiles> shown = listeners.get(i).tls().certificates();
      for (int j = 0; j < shown.size(); j++) {
        all.shown(path + "certificates[" + j + "].chain", "listener", shown.get(j));
      }
      listeners.get(i).tls().clientCa().ifPresent(ca -> all.trusted(path + "clientCa", ca));
    }
    config
        .admin()
        .flatMap(admin -> admin.tls())
        .ifPresent(files -> all.shown("admin.tls.chain", "admin", files));
    config
        .cluster()
        .tls()
        .ifPresent(
            tls -> {
              all.shown("cluster.tls.certificate", "cluster", tls.shown());
              all.trusted("cluster.tls.ca", tls.ca());
            });
    for (Backend backend : config.topology().backends()) {
      String path = "backends." + backend.name() + ".tls.";
      backend.tls().shown().ifPresent(files -> all.shown(path + "certificate", "backend", files));
      backend.tls().ca().ifPresent(ca -> all.trusted(path + "ca", ca));
    }
    for (Route route : config.topology().routes()) {
      if (route.login() instanceof ServerLogin.Certificate login) {
        all.shown("routes." + route.name() + ".login.certificate", "route", login.shown());
      }
    }
    return all.ends;
  }

  /** Problems: a shown certificate, or one of its chain, has expired. */
  static List<Problem> problems(List<CertificateEnd> ends, Instant now) {
    return ends.stream()
        .filter(end -> end.own && end.isOver(now))
        .map(end -> new Problem(end.path, end.words(now)))
        .distinct()
        .toList();
  }

  /**
   * Warnings: a certificate ends soon. An expired authority is one too, since it may be one of a
   * bundle.
   */
  static List<Warning> warnings(List<CertificateEnd> ends, Instant now) {
    return ends.stream()
        .filter(end -> end.isNear(now) && !(end.own && end.isOver(now)))
        .map(end -> new Warning(end.path, end.words(now)))
        .distinct()
        .toList();
  }

  Instant at() {
    return certificate.getNotAfter().toInstant();
  }

  String subject() {
    return certificate.getSubjectX500Principal().getName();
  }

  boolean isOver(Instant now) {
    return at().isBefore(now);
  }

  boolean isNear(Instant now) {
    return at().isBefore(now.plus(SOON));
  }

  String words(Instant now) {
    return "the certificate of "
        + subject()
        + (isOver(now) ? " has expired at " : " expires at ")
        + at()
        + "; renew it";
  }

  /** Reads each file once, however many backends name it. */
  private static final class Collector {
    private final List<CertificateEnd> ends = new ArrayList<>();
    private final Map<Object, List<X509Certificate>> read = new HashMap<>();

    void shown(String path, String use, CertificateFiles files) {
      List<X509Certificate> chain = read.get(files);
      if (chain == null) {
        chain = chain(files);
        read.put(files, chain);
        chain.forEach(one -> ends.add(new CertificateEnd(path, use, true, one)));
      }
    }

    void trusted(String path, Path ca) {
      List<X509Certificate> known = read.get(ca);
      if (known == null) {
        known = authorities(ca);
        read.put(ca, known);
        known.forEach(one -> ends.add(new CertificateEnd(path, "authority", false, one)));
      }
    }

    private static List<X509Certificate> chain(CertificateFiles files) {
      try {
        return CertifiedKey.load(files).chain();
      } catch (UnusableFileException e) {
        return List.of();
      }
    }

    private static List<X509Certificate> authorities(Path ca) {
      try {
        return CertifiedKey.certificates(ca);
      } catch (UnusableFileException e) {
        return List.of();
      }
    }
  }
}
