package io.pgplane.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * SCRAM-SHA-256 of a client, in the words of RFC 5802, with every part open to harm.
 *
 * @param gs2Header such as {@code n,,}
 * @param bare the client-first-message-bare
 */
record RawScram(String password, String gs2Header, String bare) {

  String clientFirst() {
    return gs2Header + bare;
  }

  /** The client-final-message for an exchange without channel binding. */
  String clientFinal(String serverFirst) {
    return clientFinal(serverFirst, new byte[0]);
  }

  /** The client-final-message, with what the client has seen of the channel. */
  String clientFinal(String serverFirst, byte[] endPoint) {
    byte[] header = gs2Header.getBytes(UTF_8);
    byte[] binding = new byte[header.length + endPoint.length];
    System.arraycopy(header, 0, binding, 0, header.length);
    System.arraycopy(endPoint, 0, binding, header.length, endPoint.length);
    return withProof(serverFirst, "c=" + base64(binding) + ",r=" + attribute(serverFirst, 'r'));
  }

  /** A client-final-message whose first part is as it stands here, with the proof for it. */
  String withProof(String serverFirst, String withoutProof) {
    try {
      byte[] salt = Base64.getDecoder().decode(attribute(serverFirst, 's'));
      int iterations = Integer.parseInt(attribute(serverFirst, 'i'));
      byte[] salted =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
              .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, 256))
              .getEncoded();
      byte[] proof = hmac(salted, "Client Key");
      byte[] storedKey = MessageDigest.getInstance("SHA-256").digest(proof);
      byte[] signature = hmac(storedKey, bare + "," + serverFirst + "," + withoutProof);
      for (int i = 0; i < proof.length; i++) {
        proof[i] ^= signature[i];
      }
      return withoutProof + ",p=" + base64(proof);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA-256", e);
    }
  }

  /** An attribute of a server-first-message; empty without. */
  static String attribute(String message, char name) {
    for (String attribute : message.split(",", -1)) {
      if (attribute.startsWith(name + "=")) {
        return attribute.substring(2);
      }
    }
    return "";
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(UTF_8));
  }

  @Override
  public String toString() {
    return "RawScram[" + clientFirst() + "]";
  }
}
