package io.pgplane.dataplane.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/** A certificate's chain and its private key, read from PEM files. */
final class KeyPairFiles {
  /** What can be signed with, to try whether two keys are a pair. */
  private static final Map<String, String> TRIALS =
      Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

  private KeyPairFiles() {}

  record Loaded(List<X509Certificate> chain, PrivateKey key) {
    X509Certificate leaf() {
      return chain.get(0);
    }

    X509Certificate[] chainArray() {
      return chain.toArray(X509Certificate[]::new);
    }
  }

  /**
   * Reads both; blocks.
   *
   * @throws TlsMaterialException if they are not a certificate and its key
   */
  static Loaded load(Path chain, Path key) throws TlsMaterialException {
    try {
      Loaded loaded = new Loaded(certificates(chain), key(key));
      if (!isPair(loaded)) {
        throw new TlsMaterialException(
            "the key in " + key + " is not that of the certificate in " + chain);
      }
      return loaded;
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new TlsMaterialException("cannot use " + chain + " with " + key, e);
    }
  }

  /** All certificates of a file, at least one. */
  static List<X509Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      List<X509Certificate> found =
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (found.isEmpty()) {
        throw new IOException("no certificate in " + file);
      }
      return found;
    }
  }

  private static PrivateKey key(Path file) throws IOException {
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.US_ASCII);
        PEMParser parser = new PEMParser(reader)) {
      if (parser.readObject() instanceof PrivateKeyInfo key) {
        return new JcaPEMKeyConverter().getPrivateKey(key);
      }
      throw new IOException("no private key in " + file);
    }
  }

  private static boolean isPair(Loaded loaded) throws GeneralSecurityException {
    String algorithm = loaded.key().getAlgorithm();
    String trial = TRIALS.get(algorithm);
    if (trial == null) {
      return true; // left to the handshake
    }
    if (!loaded.leaf().getPublicKey().getAlgorithm().equals(algorithm)) {
      return false;
    }
    byte[] text = loaded.leaf().getEncoded();
    Signature signer = Signature.getInstance(trial);
    signer.initSign(loaded.key());
    signer.update(text);
    byte[] signature = signer.sign();
    signer.initVerify(loaded.leaf().getPublicKey());
    signer.update(text);
    return signer.verify(signature);
  }
}
