package io.pgplane.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x9.X962Parameters;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.util.io.pem.PemObject;

/** The forms in which operators have a private key and its certificates. */
public enum KeyForm {
  PKCS8,
  /** PKCS#1 for RSA, SEC1 for EC: cert-manager's default. */
  TRADITIONAL,
  /** What {@code openssl ecparam -genkey} writes. */
  BEHIND_EC_PARAMETERS,
  PKCS8_ENCRYPTED,
  TRADITIONAL_ENCRYPTED,
  DER,
  PKCS12;

  /** Opens those that are encrypted. */
  public static final String PASSWORD = "correct horse";

  public boolean isEncrypted() {
    return this == PKCS8_ENCRYPTED || this == TRADITIONAL_ENCRYPTED || this == PKCS12;
  }

  /** Whether there is this form for such a key. */
  public boolean fits(PrivateKey key) {
    return switch (this) {
      case BEHIND_EC_PARAMETERS -> key.getAlgorithm().equals("EC");
      case TRADITIONAL, TRADITIONAL_ENCRYPTED -> !key.getAlgorithm().equals("EdDSA");
      default -> true;
    };
  }

  /** Writes the key alone, but for PKCS#12, in which the certificates are too. */
  public void write(Path file, PrivateKey key, List<X509Certificate> chain) throws IOException {
    try {
      switch (this) {
        case DER -> Files.write(file, key.getEncoded());
        case PKCS12 -> pkcs12(file, key, chain);
        default -> Files.writeString(file, pem(key));
      }
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("every Java has what this takes", e);
    }
  }

  /** The key in PEM. */
  private String pem(PrivateKey key) throws IOException, OperatorCreationException {
    return switch (this) {
      case PKCS8 -> text(new JcaPKCS8Generator(key, null));
      case PKCS8_ENCRYPTED ->
          text(
              new JcaPKCS8Generator(
                  key,
                  new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                      .setProvider(new BouncyCastleProvider())
                      .setPassword(PASSWORD.toCharArray())
                      .build()));
      case TRADITIONAL -> text(traditional(key));
      case TRADITIONAL_ENCRYPTED ->
          text(
              new JcaMiscPEMGenerator(
                  traditional(key),
                  new JcePEMEncryptorBuilder("AES-256-CBC")
                      .setProvider(new BouncyCastleProvider())
                      .build(PASSWORD.toCharArray())));
      case BEHIND_EC_PARAMETERS -> parameters(key) + text(traditional(key));
      case DER, PKCS12 -> throw new IllegalStateException(this + " is no text");
    };
  }

  /** As OpenSSL writes it: a key of SEC1 names its curve itself. */
  private static PrivateKeyInfo traditional(PrivateKey key) throws IOException {
    PrivateKeyInfo info = PrivateKeyInfo.getInstance(key.getEncoded());
    if (!key.getAlgorithm().equals("EC")) {
      return info;
    }
    BigInteger secret = ECPrivateKey.getInstance(info.parsePrivateKey()).getKey();
    ASN1Encodable curve = info.getPrivateKeyAlgorithm().getParameters();
    return new PrivateKeyInfo(
        info.getPrivateKeyAlgorithm(),
        new ECPrivateKey(((ECKey) key).getParams().getOrder().bitLength(), secret, curve));
  }

  private static String parameters(PrivateKey key) throws IOException {
    PrivateKeyInfo info = PrivateKeyInfo.getInstance(key.getEncoded());
    X962Parameters curve =
        X962Parameters.getInstance(info.getPrivateKeyAlgorithm().getParameters());
    return text(new PemObject("EC PARAMETERS", curve.getEncoded()));
  }

  /** Objects in PEM, one behind the other. */
  public static String text(Object... contents) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      for (Object content : contents) {
        writer.writeObject(content);
      }
    }
    return text.toString();
  }

  private static void pkcs12(Path file, PrivateKey key, List<X509Certificate> chain)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("server", key, PASSWORD.toCharArray(), chain.toArray(X509Certificate[]::new));
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD.toCharArray());
    }
  }
}
