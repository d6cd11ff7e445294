package io.pgplane.config;

import io.pgplane.config.UnusableFileException.Part;
import io.pgplane.topology.CertificateFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A private key and its certificate, ready to be shown.
 *
 * @param chain the certificate, the one that signed it, and so on, as far as the file has them
 */
public record CertifiedKey(PrivateKey key, List<X509Certificate> chain) {
  /** Opens {@link #pkcs12}: no secret, since nothing of it leaves the process. */
  public static final String IN_MEMORY = "in memory";

  private static final Map<String, String> TRIALS =
      Map.of("EC", "SHA256withECDSA", "EdDSA", "EdDSA");

  private static final byte[] TRIAL = {1};

  /**
   * Reads both; blocks. The certificate is the one that belongs to the key, wherever it stands in
   * its file.
   *
   * @throws UnusableFileException if they are not a certificate and its key
   */
  public static CertifiedKey load(CertificateFiles files) throws UnusableFileException {
    KeyFile shown = KeyFile.read(files.chain(), Part.CHAIN, files.password());
    KeyFile secret =
        files.key().equals(files.chain())
            ? shown
            : KeyFile.read(files.key(), Part.KEY, files.password());
    List<X509Certificate> certificates = KeyFile.some(shown.certificates(), files.chain());
    PrivateKey key =
        secret
            .key()
            .orElseThrow(
                () ->
                    new UnusableFileException(
                        Part.KEY, "no private key in " + KeyFile.quoted(files.key())));
    Optional<X509Certificate> leaf = owned(certificates, key);
    if (leaf.isEmpty()) {
      throw new UnusableFileException(Part.KEY, mismatch(files));
    }
    return new CertifiedKey(key, chain(leaf.get(), certificates));
  }

  /**
   * The certificates of a PEM file; blocks.
   *
   * @throws UnusableFileException if it has none, or one that cannot be read
   */
  public static List<X509Certificate> certificates(Path file) throws UnusableFileException {
    return KeyFile.certificates(file);
  }

  /** The certificate that belongs to the key. */
  public X509Certificate leaf() {
    return chain.get(0);
  }

  public X509Certificate[] chainArray() {
    return chain.toArray(X509Certificate[]::new);
  }

  /** Both as a PKCS#12 file in memory under {@link #IN_MEMORY}, for libraries that take one. */
  public byte[] pkcs12() {
    try {
      char[] password = IN_MEMORY.toCharArray();
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("own", key, password, chainArray());
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      store.store(bytes, password);
      return bytes.toByteArray();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("every Java can keep a key in memory", e);
    }
  }

  private static String mismatch(CertificateFiles files) {
    return "the key in "
        + KeyFile.quoted(files.key())
        + " is not that of a certificate in "
        + KeyFile.quoted(files.chain())
        + "; compare `openssl pkey -pubout` with `openssl x509 -noout -pubkey`";
  }

  private static Optional<X509Certificate> owned(List<X509Certificate> all, PrivateKey key)
      throws UnusableFileException {
    try {
      for (X509Certificate certificate : all) {
        if (isPair(key, certificate.getPublicKey())) {
          return Optional.of(certificate);
        }
      }
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new UnusableFileException(Part.KEY, "a key of a kind that is not supported", e);
    }
  }

  private static boolean isPair(PrivateKey key, PublicKey open) throws GeneralSecurityException {
    if (!key.getAlgorithm().equals(open.getAlgorithm())) {
      return false;
    } else if (key instanceof RSAKey own && open instanceof RSAKey its) {
      return own.getModulus().equals(its.getModulus());
    }
    Signature trial = Signature.getInstance(TRIALS.getOrDefault(key.getAlgorithm(), ""));
    trial.initSign(key);
    trial.update(TRIAL);
    byte[] signature = trial.sign();
    trial.initVerify(open);
    trial.update(TRIAL);
    return trial.verify(signature);
  }

  /** Libraries take no chain with a gap, or with more in it. */
  private static List<X509Certificate> chain(X509Certificate leaf, List<X509Certificate> all) {
    List<X509Certificate> chain = new ArrayList<>(List.of(leaf));
    Optional<X509Certificate> next = Optional.of(leaf);
    while (next.isPresent()) {
      X509Certificate last = next.get();
      next =
          all.stream().filter(other -> !chain.contains(other) && signed(other, last)).findFirst();
      next.ifPresent(chain::add);
    }
    return List.copyOf(chain);
  }

  private static boolean signed(X509Certificate issuer, X509Certificate certificate) {
    if (!issuer.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
      return false;
    }
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
