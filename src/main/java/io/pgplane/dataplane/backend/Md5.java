package io.pgplane.dataplane.backend;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.pgplane.topology.ServerLogin;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

/** The answer to an AuthenticationMD5Password (PostgreSQL, "Start-up"). */
final class Md5 {
  private Md5() {}

  /** {@code "md5" + hex(md5(hex(md5(password + user)) + salt))}. */
  static String answer(ServerLogin.Password login, byte[] salt) {
    String inner = hex(login.password().getBytes(UTF_8), login.user().getBytes(UTF_8));
    return "md5" + hex(inner.getBytes(US_ASCII), salt);
  }

  private static String hex(byte[] first, byte[] second) {
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      md5.update(first);
      return HexFormat.of().formatHex(md5.digest(second));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no MD5", e);
    }
  }
}
