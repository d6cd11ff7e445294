package io.pgplane.config;

import io.pgplane.config.UnusableFileException.Part;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.X509TrustedCertificateBlock;
import org.bouncycastle.openssl.bc.BcPEMDecryptorProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.util.io.pem.PemObject;

/**
 * The content of a file of certificates and keys: PEM, PKCS#12, or a single key in DER. Other
 * blocks of a PEM file are skipped.
 *
 * @param certificates in the order of the file
 * @param key the first private key
 */
record KeyFile(List<X509Certificate> certificates, Optional<PrivateKey> key) {
  private static final Set<String> CERTIFICATES =
      Set.of(
          PEMParser.TYPE_CERTIFICATE,
          PEMParser.TYPE_X509_CERTIFICATE,
          PEMParser.TYPE_TRUSTED_CERTIFICATE);
  private static final Set<String> KEYS =
      Set.of(
          PEMParser.TYPE_PRIVATE_KEY,
          PEMParser.TYPE_ENCRYPTED_PRIVATE_KEY,
          PEMParser.TYPE_RSA_PRIVATE_KEY,
          PEMParser.TYPE_EC_PRIVATE_KEY);

  /** The kinds of keys in DER, by the number of their elements, as OpenSSL tells them apart. */
  private static final Map<Integer, String> KEYS_BY_SIZE =
      Map.of(
          2, PEMParser.TYPE_ENCRYPTED_PRIVATE_KEY,
          3, PEMParser.TYPE_PRIVATE_KEY,
          4, PEMParser.TYPE_EC_PRIVATE_KEY,
          9, PEMParser.TYPE_RSA_PRIVATE_KEY);

  static final int MOST_BYTES = 16 << 20;
  private static final int DER_SEQUENCE = 0x30;
  private static final ASN1Integer PKCS12_VERSION = new ASN1Integer(3);

  /**
   * The certificates of a PEM file, at least one; blocks.
   *
   * @throws UnusableFileException if it has none, or one that cannot be read
   */
  static List<X509Certificate> certificates(Path file) throws UnusableFileException {
    byte[] content = content(file, Part.CHAIN);
    return some(
        isDer(content) ? List.of() : pemCertificates(file, content, Integer.MAX_VALUE), file);
  }

  /**
   * Looks at the start of such a file only; blocks.
   *
   * @throws UnusableFileException if it has none
   */
  static void requireCertificate(Path file) throws UnusableFileException {
    byte[] content = content(file, Part.CHAIN);
    List<X509Certificate> first = List.of();
    if (!isDer(content)) {
      first = pemCertificates(file, content, 1);
    }
    some(first, file);
  }

  /**
   * All that is in a file; blocks.
   *
   * @param part what it is read for: for a key alone, the certificates of a PEM file are not
   * @throws UnusableFileException if it cannot be read, or not with this password
   */
  static KeyFile read(Path file, Part part, Optional<String> password)
      throws UnusableFileException {
    byte[] content = content(file, part);
    if (!isDer(content)) {
      return new KeyFile(
          part == Part.KEY ? List.of() : pemCertificates(file, content, Integer.MAX_VALUE),
          pemKey(file, content, password));
    }
    ASN1Sequence sequence = sequence(file, content, part);
    return PKCS12_VERSION.equals(sequence.getObjectAt(0))
        ? pkcs12(file, content, password)
        : new KeyFile(List.of(), Optional.of(derKey(file, sequence, content, password)));
  }

  static List<X509Certificate> some(List<X509Certificate> certificates, Path file)
      throws UnusableFileException {
    if (certificates.isEmpty()) {
      throw new UnusableFileException(Part.CHAIN, "no certificate in " + quoted(file));
    }
    return certificates;
  }

  static String quoted(Path file) {
    return '"' + file.toString().replaceAll("\\p{Cntrl}", "?") + '"';
  }

  private static byte[] content(Path file, Part part) throws UnusableFileException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new UnusableFileException(part, "not a file: " + quoted(file));
    }
    try (InputStream in = Files.newInputStream(file)) {
      // What has no size, such as /proc/kmsg, may keep its reader waiting for ever.
      byte[] content = Files.size(file) == 0 ? new byte[0] : in.readNBytes(MOST_BYTES + 1);
      if (content.length > MOST_BYTES) {
        throw new UnusableFileException(part, "larger than 16 MiB: " + quoted(file));
      }
      return content;
    } catch (IOException e) {
      throw new UnusableFileException(part, "cannot read " + quoted(file), e);
    }
  }

  private static boolean isDer(byte[] content) {
    return content.length > 0
        && content[0] == DER_SEQUENCE
        && !new String(content, StandardCharsets.ISO_8859_1).contains("-----BEGIN ");
  }

  private static List<X509Certificate> pemCertificates(Path file, byte[] content, int most)
      throws UnusableFileException {
    try (PemBlocks blocks = new PemBlocks(content)) {
      JcaX509CertificateConverter converter = new JcaX509CertificateConverter();
      List<X509Certificate> certificates = new ArrayList<>();
      for (PemObject block : blocks.of(CERTIFICATES, most)) {
        Object parsed = blocks.parse(block);
        certificates.add(
            converter.getCertificate(
                parsed instanceof X509TrustedCertificateBlock trusted
                    ? trusted.getCertificateHolder()
                    : (X509CertificateHolder) parsed));
      }
      return certificates;
    } catch (IOException | CertificateException | RuntimeException e) {
      throw new UnusableFileException(
          Part.CHAIN, "a certificate in " + quoted(file) + " cannot be read", e);
    }
  }

  private static Optional<PrivateKey> pemKey(Path file, byte[] content, Optional<String> password)
      throws UnusableFileException {
    try (PemBlocks blocks = new PemBlocks(content)) {
      List<PemObject> first = blocks.of(KEYS, 1);
      return first.isEmpty()
          ? Optional.empty()
          : Optional.of(key(file, blocks.parse(first.get(0)), password));
    } catch (IOException | RuntimeException e) {
      throw broken(file, e);
    }
  }

  private static PrivateKey derKey(
      Path file, ASN1Sequence sequence, byte[] content, Optional<String> password)
      throws UnusableFileException {
    try (PemBlocks blocks = new PemBlocks(new byte[0])) {
      String type = KEYS_BY_SIZE.getOrDefault(sequence.size(), PEMParser.TYPE_PRIVATE_KEY);
      return key(file, blocks.parse(new PemObject(type, content)), password);
    } catch (IOException | RuntimeException e) {
      throw broken(file, e);
    }
  }

  private static PrivateKey key(Path file, Object parsed, Optional<String> password)
      throws IOException, UnusableFileException {
    PrivateKeyInfo plain;
    if (parsed instanceof PrivateKeyInfo info) {
      plain = info;
    } else if (parsed instanceof PEMKeyPair pair) {
      plain = pair.getPrivateKeyInfo();
    } else {
      plain = decrypted(file, parsed, given(file, password));
    }
    return new JcaPEMKeyConverter()
        .getPrivateKey(
            plain.getPrivateKeyAlgorithm().getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)
                ? withoutInnerParameters(plain)
                : plain);
  }

  /** SEC1 may name the curve in the key as well, which the JDK does not take. */
  private static PrivateKeyInfo withoutInnerParameters(PrivateKeyInfo ec) throws IOException {
    ECPrivateKey key = ECPrivateKey.getInstance(ec.parsePrivateKey());
    int bits = key.getKey().bitLength();
    return new PrivateKeyInfo(ec.getPrivateKeyAlgorithm(), new ECPrivateKey(bits, key.getKey()));
  }

  private static PrivateKeyInfo decrypted(Path file, Object parsed, char[] password)
      throws UnusableFileException {
    try {
      if (parsed instanceof PEMEncryptedKeyPair traditional) {
        return traditional.decryptKeyPair(new BcPEMDecryptorProvider(password)).getPrivateKeyInfo();
      }
      return ((PKCS8EncryptedPrivateKeyInfo) parsed)
          .decryptPrivateKeyInfo(
              new JceOpenSSLPKCS8DecryptorProviderBuilder()
                  .setProvider(new BouncyCastleProvider())
                  .build(password));
    } catch (IOException | PKCSException | OperatorCreationException | RuntimeException e) {
      throw wrongPassword(file, e);
    }
  }

  private static KeyFile pkcs12(Path file, byte[] content, Optional<String> password)
      throws UnusableFileException {
    char[] given = given(file, password);
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(content), given);
      List<X509Certificate> certificates = new ArrayList<>();
      Optional<PrivateKey> key = Optional.empty();
      for (String alias : Collections.list(store.aliases())) {
        if (store.isCertificateEntry(alias)) {
          certificates.add((X509Certificate) store.getCertificate(alias));
        } else if (key.isEmpty() && store.getKey(alias, given) instanceof PrivateKey found) {
          key = Optional.of(found);
          for (var certificate : store.getCertificateChain(alias)) {
            certificates.add((X509Certificate) certificate);
          }
        }
      }
      return new KeyFile(certificates, key);
    } catch (IOException e) {
      throw e.getCause() instanceof UnrecoverableKeyException
          ? wrongPassword(file, e)
          : broken(file, e);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw broken(file, e);
    }
  }

  private static ASN1Sequence sequence(Path file, byte[] content, Part part)
      throws UnusableFileException {
    try {
      ASN1Sequence sequence = ASN1Sequence.getInstance(content);
      if (sequence.size() > 0) {
        return sequence;
      }
    } catch (RuntimeException e) {
      throw new UnusableFileException(part, "neither PEM nor PKCS#12: " + quoted(file), e);
    }
    throw new UnusableFileException(part, "neither PEM nor PKCS#12: " + quoted(file));
  }

  private static char[] given(Path file, Optional<String> password) throws UnusableFileException {
    return password
        .map(String::toCharArray)
        .orElseThrow(
            () ->
                new UnusableFileException(
                    Part.PASSWORD, "missing; the key in " + quoted(file) + " is encrypted"));
  }

  private static UnusableFileException wrongPassword(Path file, Exception cause) {
    return new UnusableFileException(
        Part.PASSWORD, "does not open the key in " + quoted(file), cause);
  }

  private static UnusableFileException broken(Path file, Exception cause) {
    return new UnusableFileException(
        Part.KEY,
        "the private key in " + quoted(file) + " cannot be read; try: openssl pkey -noout -in it",
        cause);
  }
}
