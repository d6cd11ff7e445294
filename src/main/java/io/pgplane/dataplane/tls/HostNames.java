package io.pgplane.dataplane.tls;

import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.internal.tcnative.SSL;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.StandardConstants;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;

/**
 * Whether a certificate is for a host, by libpq's rules ({@code fe-secure-openssl.c}, {@code
 * fe-secure-common.c}), and the name that libpq asks a server for.
 */
final class HostNames {
  private HostNames() {}

  /**
   * Has the engine of a client send the host as SNI: names, but no addresses. The dot at a name's
   * end is left out (RFC 6066, section 3), which libpq sends.
   */
  static void indicate(String host, SSLEngine engine) {
    if (host.indexOf(':') >= 0 || host.chars().allMatch(HostNames::isOfAddress)) {
      return;
    }
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    if (engine instanceof ReferenceCountedOpenSslEngine boring) {
      SSL.setTlsExtHostName(boring.sslPointer(), name);
    } else {
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setServerNames(List.of(new AnyName(name)));
      engine.setSSLParameters(parameters);
    }
  }

  /** The JDK's own class takes no underscore. */
  private static final class AnyName extends SNIServerName {
    AnyName(String name) {
      super(StandardConstants.SNI_HOST_NAME, name.getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static boolean isOfAddress(int c) {
    return c == '.' || (c >= '0' && c <= '9');
  }

  /**
   * Checks that the certificate is for the host.
   *
   * <p>Its alternative names are compared; the common name only if none of them is of the host's
   * kind, a DNS name or an address.
   *
   * @throws CertificateException if it is not
   */
  static void check(@Nullable String host, X509Certificate certificate)
      throws CertificateException {
    if (host == null || !isFor(host, certificate)) {
      throw new CertificateException(
          "server certificate for \""
              + certificate.getSubjectX500Principal()
              + "\" does not match host name \""
              + host
              + "\"");
    }
  }

  private static boolean isFor(String host, X509Certificate certificate)
      throws CertificateException {
    byte @Nullable [] address = address(host);
    int kind = address == null ? GeneralName.dNSName : GeneralName.iPAddress;
    boolean common = true;
    X509CertificateHolder holder = CertificateNames.holder(certificate);
    for (GeneralName name : CertificateNames.alternative(holder)) {
      common &= name.getTagNo() != kind;
      if (name.getTagNo() == GeneralName.dNSName) {
        if (matches(((ASN1String) name.getName()).getString(), host)) {
          return true;
        }
      } else if (name.getTagNo() == GeneralName.iPAddress) {
        byte[] octets = ASN1OctetString.getInstance(name.getName()).getOctets();
        if (address != null && MessageDigest.isEqual(octets, address)) {
          return true;
        }
      }
    }
    Optional<String> commonName = common ? CertificateNames.common(holder) : Optional.empty();
    return commonName.isPresent() && matches(commonName.get(), host);
  }

  /**
   * Exactly, or a star for the first label, whole.
   *
   * @throws CertificateException if it holds a zero byte, at which others would stop reading
   */
  private static boolean matches(String name, String host) throws CertificateException {
    if (name.indexOf('\0') >= 0) {
      throw new CertificateException("the certificate's name contains an embedded null");
    }
    if (name.equalsIgnoreCase(host)) {
      return true;
    }
    if (name.length() < 3 || !name.startsWith("*.") || name.length() > host.length()) {
      return false;
    }
    int rest = host.length() - name.length() + 1;
    return host.regionMatches(true, rest, name, 1, name.length() - 1) && host.indexOf('.') >= rest;
  }

  private static byte @Nullable [] address(String host) {
    return host.indexOf('%') >= 0 ? null : NetUtil.createByteArrayFromIpAddressString(host);
  }
}
